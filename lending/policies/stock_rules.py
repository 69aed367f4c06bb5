"""The rules against a loan that ask what there is of a book."""

from kernel.refusals import Refused
from lending.policies.asked import Asked
from lending.policies.refusals import CopyHeldForAnother, CopyNotLendable, CopyOutOfStock, HeldForAnother, OutOfStock


def out_of_stock(asked: Asked) -> Refused | None:
    """There must be as many as are asked for."""
    if asked.available is None or asked.available >= asked.quantity:
        return None
    if asked.barcode:
        return CopyOutOfStock(barcode=asked.barcode, available=asked.available, loan=asked.loan)
    return OutOfStock(wanted=asked.quantity, available=asked.available)


def held_for_another(asked: Asked) -> Refused | None:
    """What somebody waits for is lent to nobody else."""
    if not asked.held or (asked.available and not asked.barcode):
        return None
    return CopyHeldForAnother(barcode=asked.barcode) if asked.barcode else HeldForAnother()


def copy_not_lendable(asked: Asked) -> Refused | None:
    """A scanned copy must be there."""
    return CopyNotLendable(barcode=asked.barcode) if asked.barcode and out_of_stock(asked) else None
