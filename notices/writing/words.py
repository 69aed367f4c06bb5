"""The usual words of each kind of notice, and the places in them that are filled in: `{title}`."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from notices.kinds import Kind
from notices.models import Wording

PLACE = re.compile(r"\{([^{}]*)\}")
COMMON = ("library", "name", "count")
OF_BOOKS = ("title", "more")
PLACES: Mapping[str, tuple[str, ...]] = {
    Wording.Part.FRAME: COMMON,
    Kind.HOLD_READY: (*COMMON, *OF_BOOKS, "pickup_by"),
    Kind.HOLD_EXPIRED: (*COMMON, *OF_BOOKS),
    Kind.HOLD_CANCELLED: (*COMMON, *OF_BOOKS),
    Kind.LOAN_CANCELLED: (*COMMON, *OF_BOOKS),
    Kind.OVERDUE: (*COMMON, *OF_BOOKS, "due_on", "days"),
    Kind.DUE_SOON: (*COMMON, *OF_BOOKS, "due_on", "days"),
    Kind.FINE: (*COMMON, *OF_BOOKS, "amount", "total", "why"),
    Kind.SUSPENSION: (*COMMON, "until"),
    Kind.RECEIPT: (*COMMON, *OF_BOOKS, "done"),
    Kind.EXPIRING: (*COMMON, "what", "day"),
}
"""What may stand in the words of a kind. `more` says how many others there are besides the first, `total` what all
fines together come to."""


class Words(NamedTuple):
    """The words of a kind in a language, or of the frame around all kinds."""

    subject: Any
    opening: Any
    line: Any
    closing: Any
    message: Any


USUAL: Mapping[str, Words] = {
    Wording.Part.FRAME: Words(
        _("News from your library"), _("Dear {name},"), "", _("{library}"), _("[{library}] {name}:")
    ),
    Kind.HOLD_READY: Words(
        _("Your hold is ready: {title}"),
        _("These holds are waiting for you:"),
        _("{title}, to be collected by {pickup_by}"),
        "",
        _("{title}{more} can be collected by {pickup_by}."),
    ),
    Kind.HOLD_EXPIRED: Words(
        _("Your hold has expired: {title}"),
        _("These holds were not collected and have expired:"),
        "{title}",
        "",
        _("Hold expired: {title}{more}"),
    ),
    Kind.HOLD_CANCELLED: Words(
        _("Your hold was cancelled: {title}"),
        _("The library had to cancel these holds:"),
        "{title}",
        "",
        _("Hold cancelled by the library: {title}{more}"),
    ),
    Kind.LOAN_CANCELLED: Words(
        _("Your loan could not be granted: {title}"),
        _("These could not be lent to you after all:"),
        "{title}",
        "",
        _("{title}{more} could not be lent to you after all."),
    ),
    Kind.OVERDUE: Words(
        _("Overdue: {title}"),
        _("These are overdue. Please bring them back:"),
        _("{title}, due on {due_on} (days overdue: {days})"),
        "",
        _("Overdue: {title}{more}, due on {due_on}. Please return."),
    ),
    Kind.DUE_SOON: Words(
        _("Due soon: {title}"),
        _("These are due soon:"),
        _("{title}, due on {due_on}"),
        "",
        _("Due on {due_on}: {title}{more}"),
    ),
    Kind.FINE: Words(
        _("Charged: {total}"),
        _("You were charged:"),
        _("{amount} for {title}. {why}"),
        "",
        _("Charged: {total} ({title}{more})"),
    ),
    Kind.SUSPENSION: Words(
        _("No loans until {until}"),
        _("Since books came back late, nothing is lent to you until {until}."),
        "",
        "",
        _("Nothing is lent to you until {until}."),
    ),
    Kind.RECEIPT: Words(
        _("What you did at the library"),
        _("This is what you did at the library:"),
        _("{done}: {title}"),
        "",
        _("{done}: {title}{more}"),
    ),
    Kind.EXPIRING: Words(
        _("{what} ends on {day}"),
        "",
        _("{what} ends on {day}. Please come to the desk."),
        "",
        _("{what} ends on {day}."),
    ),
}


def words_of(kind: str, language: str, own: Mapping[tuple[str, str], Wording]) -> Words:
    """The library's own words where there are any, else the usual ones."""
    usual, wording = usual_words(kind, language), own.get((kind, language))
    return Words(*((wording and getattr(wording, name)) or usual[at] for at, name in enumerate(Words._fields)))


@cache
def usual_words(kind: str, language: str) -> list[str]:
    """The words of a kind where the library has none of its own, part by part."""
    with override(language):
        return [str(part) for part in USUAL[kind]]


def own_words() -> dict[tuple[str, str], Wording]:
    """Everything that librarians have written, by kind and language."""
    return {(one.kind, one.language): one for one in Wording.objects.all()}


def unknown_places(kind: str, text: str) -> list[str]:
    """The places in a text that are none of the kind's."""
    return [name for name in PLACE.findall(text) if name not in PLACES[kind]]


def fill(text: str, values: Mapping[str, Any]) -> str:
    """The text with its places filled in; nothing where there is no value."""
    return PLACE.sub(lambda place: str(values.get(place[1], "")), text)


def more(others: int) -> str:
    """How many there are besides the first, in the active language."""
    return gettext(" and %(count)s more") % {"count": others} if others else ""
