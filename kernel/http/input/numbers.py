"""The one reader of numbers in addresses, in their paths and in their queries."""

import re

LARGEST_ID = 2**63 - 1
WHOLE = re.compile("0|[1-9][0-9]{0,18}")


def whole_number(text: object, *, least: int = 0, most: int = LARGEST_ID) -> int:
    """The number, of ASCII digits without a sign, a space or a leading zero, within these bounds.

    Raises `ValueError`. Text that is too long for any number of ours is never converted.
    """
    if not (isinstance(text, str) and WHOLE.fullmatch(text) and least <= int(text) <= most):
        raise ValueError(f"not a whole number from {least} to {most}")
    return int(text)
