"""What somebody means who scans or types something into the desk's box."""

from dataclasses import dataclass
from enum import StrEnum

from accounts.cards import refuse_replaced
from accounts.models import User
from desk.scanning.lookup import holder_of
from kernel.labels.reading import barcode_of, card_number_of
from kernel.refusals import Refused
from lending.models import Copy
from lending.queries import copy_of_barcode


class Command(StrEnum):
    """The codes of the printed sheet that stands in for buttons: letters that `scanned` reads back when a Korean
    keyboard has turned them into Hangul."""

    NEXT = "DESK-NEXT"
    UNDO = "DESK-UNDO"
    RENEW = "DESK-RENEW"
    SLIP = "DESK-SLIP"


COMMANDS = {command.value: command for command in Command}


class Only(StrEnum):
    """What a number is, where that was asked."""

    COPY = "copy"
    CARD = "card"


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """A command, a copy, the holder of a card, or a card that can't be used, with the reason; nothing of these is to be
    looked up as words. A copy and a holder both: the number is on a label and on a card, so it has to be asked."""

    command: Command | None = None
    copy: Copy | None = None
    holder: User | None = None
    against: Refused | None = None


def meaning_of(typed: str, only: str = "") -> Meaning:
    """What was meant; with `only`, as a copy's or a card's number."""
    try:
        number = barcode_of(typed)
    except ValueError:
        return Meaning()
    if command := COMMANDS.get(number.upper()):
        return Meaning(command=command)
    copy = _copy(number) if only != Only.CARD else None
    try:
        card = card_number_of(typed) if only != Only.COPY else ""
        holder = holder_of(card) if card else None
        if not (holder or copy) and card:
            refuse_replaced(card)
    except Refused as refusal:
        return Meaning(copy=copy, against=None if copy else refusal)
    except ValueError:
        holder = None
    return Meaning(copy=copy, holder=holder)


def _copy(barcode: str) -> Copy | None:
    try:
        return copy_of_barcode(barcode)
    except Copy.DoesNotExist:
        return None
