"""Registration numbers: what a copy gets next behind the last one of its letters, such as EM0000001235."""

from django.utils.translation import gettext_lazy as _

from catalog.models import Copy
from kernel.refusals import Refused
from kernel.storage.lookups import folded
from kernel.values.scans import REGISTRATION_NUMBER

LOOKED_AT = 20
"""So many barcodes that only look like a number may stand behind the last one."""


class NumbersUsedUp(Refused):
    code = "numbers_used_up"
    sentence = _("There are not as many numbers left that begin with %(letters)s.")


def next_numbers(letters: str, count: int) -> list[str]:
    """The next numbers behind the last that begins with these letters and then has digits alone; those of withdrawn
    copies are not given again. Within a transaction: who asks at the same moment waits. Raises `NumbersUsedUp`."""
    letters, digits = letters.upper(), REGISTRATION_NUMBER - len(letters)
    _number, copy = _last_of_all(letters)
    Copy.objects.select_for_update().filter(pk=copy).first()
    last, _copy = _last_of_all(letters)
    if last + count >= 10**digits:
        raise NumbersUsedUp(letters=letters)
    return [f"{letters}{number:0{digits}}" for number in range(last + 1, last + 1 + count)]


def _last_of_all(letters: str) -> tuple[int, int]:
    return max(_last(letters, is_gone=False), _last(letters, is_gone=True))


def _last(letters: str, *, is_gone: bool) -> tuple[int, int]:
    """The greatest number with the copy that has it, by an index of these or of the withdrawn copies."""
    least, most = (letters + digit * (REGISTRATION_NUMBER - len(letters)) for digit in "09")
    numbered = Copy.objects.annotate(number=folded("barcode")).filter(withdrawn_at__isnull=not is_gone)
    found = numbered.filter(number__gte=least, number__lte=most).order_by("-number").values_list("number", "pk")
    for number, pk in found[:LOOKED_AT]:
        rest = number[len(letters) :]
        if len(number) == REGISTRATION_NUMBER and rest.isascii() and rest.isdecimal():
            return int(rest), pk
    return 0, 0
