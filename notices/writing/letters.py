"""A notice in words: the subject and body of a mail, or the text of a message."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from kernel.money import money
from notices.kinds import ALWAYS, Kind
from notices.links import link_to_unsubscribe
from notices.models import Channel, Notice, Wording
from notices.people import Contact
from notices.writing.channels import channel_for
from notices.writing.known import Known
from notices.writing.lengths import MOST_OF_A_TITLE, cut
from notices.writing.lines import Values, lines_of
from notices.writing.words import Words, fill, more, words_of


class Written(NamedTuple):
    """A notice as it goes out."""

    person: Contact
    kind: str
    channel: Channel
    title: str
    body: str
    unsubscribe: str


def written(notice: Notice, known: Known, today: date) -> Written | None:
    """The notice in the language of who reads it; None where nothing is left that the person wants to hear of."""
    person = known.people.get(notice.patron_id)
    if person is None:
        return None
    with override(person.language):
        lines = lines_of(known.causes[notice.pk], person, known, today)
        wanted = {kind: values for kind, values in lines.items() if kind not in known.left_out and _wants(person, kind)}
        channel = channel_for(person, wanted)
        if not wanted or channel is None:
            return None
        words: dict[str, Words] = {
            kind: words_of(kind, person.language, known.words) for kind in (Wording.Part.FRAME, *wanted)
        }
        return _written(person, channel, words, wanted)


def text_of(words: Mapping[str, Words], lines: Mapping[Kind, list[Values]], common: Values) -> tuple[str, str, str]:
    """The subject, the body without links, and the short text, in the active language."""
    frame = words[Wording.Part.FRAME]
    first = {kind: {**common, **lines[kind][0], "count": len(lines[kind])} for kind in lines}
    for kind, values in first.items():
        values["more"] = more(len(lines[kind]) - 1)
        if "owed" in values:
            values["total"] = money(sum(each["owed"] for each in lines[kind]))
    parts = [fill(frame.opening, common)]
    for kind, values in first.items():
        own = words[kind]
        listed = [f"- {line}" for each in lines[kind] if (line := fill(own.line, {**values, **each}))]
        parts.append("\n".join(filter(None, [fill(own.opening, values), *listed, fill(own.closing, values)])))
    parts.append(fill(frame.closing, common))
    only = next(iter(first)) if len(first) == 1 else None
    subject = fill(words[only].subject, first[only]) if only else fill(frame.subject, common)
    short = [fill(frame.message, common), *(fill(words[kind].message, _cut(first[kind])) for kind in first)]
    return " ".join(subject.split())[:300], "\n\n".join(filter(None, parts)), " ".join(filter(None, short))


def library_name(language: str) -> str:
    """The library's name in a language."""
    with override(language):
        return str(import_string(settings.LIBRARY_NAME)())


def _cut(values: Values) -> Values:
    """With a title that leaves room for the rest of a message."""
    return {**values, "title": cut(values["title"], MOST_OF_A_TITLE)} if "title" in values else values


def _wants(person: Contact, kind: Kind) -> bool:
    wants_any = person.notices_by_email or person.notices_by_message
    return kind in ALWAYS or (wants_any and kind not in person.notices_off)


def _written(
    person: Contact, channel: Channel, words: Mapping[str, Words], lines: Mapping[Kind, list[Values]]
) -> Written:
    common = {"library": library_name(person.language), "name": " ".join(person.name.split())}
    subject, body, short = text_of(words, lines, common)
    links = {kind: link_to_unsubscribe(person.pk, kind) for kind in lines if kind not in ALWAYS}
    if channel == Channel.EMAIL:
        off = [
            _("No more of these (%(kind)s): %(link)s") % {"kind": k.label, "link": link} for k, link in links.items()
        ]
        body = "\n\n".join([body, *(["\n".join(off)] if any(links.values()) else [])]) + "\n"
    kind = next(iter(lines)) if len(lines) == 1 else "digest"
    text = short if channel == Channel.MESSAGE else body
    return Written(person, kind, channel, subject, text, next(iter(links.values()), ""))
