"""Finds the patron of a card and the copy of a barcode, or says why neither can be used at the desk."""

from django.utils.translation import gettext_lazy as _

from accounts.cards import refuse_replaced
from accounts.models import User
from accounts.queries import people
from kernel.refusals import Refused
from lending.models import Copy
from lending.policies.refusals import WHO_HAS_IT
from lending.queries import copy_of_barcode
from lending.stock.shelf import loan_that_has


class UnknownCard(Refused):
    code = "unknown_card"
    sentence = _("Nobody has a card with the number %(card_number)s.")


class CardClosed(Refused):
    code = "card_closed"
    sentence = _("The card %(card_number)s is not active.")


class UnknownBarcode(Refused):
    code = "unknown_barcode"
    sentence = _("There is no copy with the barcode %(barcode)s.")


class CopyIsOut(Refused):
    code = "copy_is_out"
    sentence = _("The copy %(barcode)s of “%(title)s” is on loan already: take it back first.")
    behind = WHO_HAS_IT


class CopyIsIn(Refused):
    code = "copy_is_in"
    sentence = _("The copy %(barcode)s of “%(title)s” is not on loan.")


def holder_of(card_number: str) -> User:
    """Who may borrow with that card. Raises `UnknownCard`, `CardLost` for one that was replaced, and `CardClosed`."""
    holder = people().filter(card_number__anycase=card_number).first()
    if holder is None:
        refuse_replaced(card_number)
        raise UnknownCard(card_number=card_number)
    if not holder.is_active:
        raise CardClosed(card_number=holder.card_number)
    return holder


def copy_to_lend(barcode: str) -> Copy:
    """The copy of that barcode. Raises `UnknownBarcode` and `CopyIsOut`."""
    copy = _copy(barcode)
    if copy.place == Copy.Place.LOAN:
        raise CopyIsOut(barcode=copy.barcode, title=copy.book.title, loan=loan_that_has(copy.pk))
    return copy


def copy_to_take_back(barcode: str) -> Copy:
    """The copy of that barcode. Raises `UnknownBarcode` and `CopyIsIn`."""
    copy = _copy(barcode)
    if copy.place not in {Copy.Place.LOAN, Copy.Place.DROP_BOX, Copy.Place.TO_PULL}:
        raise CopyIsIn(barcode=copy.barcode, title=copy.book.title)
    return copy


def _copy(barcode: str) -> Copy:
    try:
        return copy_of_barcode(barcode)
    except Copy.DoesNotExist as error:
        raise UnknownBarcode(barcode=barcode) from error
