"""A notice with made-up things in it, to see words before they are used."""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from kernel.money import money
from notices.kinds import Kind
from notices.models import Wording
from notices.writing.letters import library_name, text_of
from notices.writing.lines import Values
from notices.writing.words import own_words, words_of

DAY = date(2026, 3, 16)


def sample_of(wording: Wording) -> tuple[str, str, str]:
    """The subject, the body and the short text in these words and the frame that the library has."""
    own: Any = {**own_words(), (wording.kind, wording.language): wording}
    kind = Kind.DUE_SOON if wording.kind == Wording.Part.FRAME else Kind(wording.kind)
    lines: dict[Kind, list[Values]] = {kind: []}
    with override(wording.language):
        for title in (_("A made-up title"), _("Another made-up title")):
            lines[kind].append({**_values(), "title": title})
        if wording.kind == Wording.Part.FRAME:  # its subject is that of several kinds
            lines[Kind.OVERDUE] = lines[kind]
        words = {str(one): words_of(one, wording.language, own) for one in (Wording.Part.FRAME, *lines)}
        return text_of(words, lines, {"library": library_name(wording.language), "name": _("Jane Doe")})


def _values() -> Values:
    day = date_format(DAY)
    return {
        **dict.fromkeys(("due_on", "pickup_by", "until", "day"), day),
        "days": 3,
        "amount": money(500),
        "owed": 500,
        "why": _("What the fee schedule says about it."),
        "done": pgettext("on a receipt", "Returned"),
        "what": _("Your library card"),
    }
