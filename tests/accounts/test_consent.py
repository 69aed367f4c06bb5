"""Until when a guardian's consent holds for a child."""

from datetime import date

import pytest

from accounts.rules import lacks_consent

TODAY = date(2027, 3, 2)
CHILD, GROWN_UP = date(2015, 5, 5), date(2001, 5, 5)


@pytest.mark.once
@pytest.mark.parametrize(
    ("born_on", "guardian", "consent_until", "lacks"),
    [
        (CHILD, "어머니", date(2027, 3, 3), False),
        (CHILD, "어머니", TODAY, False),
        (CHILD, "어머니", date(2027, 3, 1), True),
        (CHILD, "어머니", None, True),
        (CHILD, "", date(2027, 3, 3), True),
        (GROWN_UP, "", None, False),
        (None, "", None, False),
    ],
)
def test_a_child_lacks_a_consent_unless_a_guardians_holds_that_day(
    born_on: date | None, guardian: str, consent_until: date | None, *, lacks: bool
) -> None:
    assert lacks_consent(born_on, guardian, consent_until, TODAY) == lacks
