"""What narrows a page of results: the filters with their counts, and those that are set."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kernel.staff.languages import language_name
from opac.books.classes import class_name
from opac.finding.asked import Asked
from opac.sentences import gettext as _

SHOWN = 6
"""So many choices of a filter are shown; the others behind "more"."""
Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Choice:
    """One value of a filter, how many books have it, and the page that shows only those; or, where it is chosen, the
    page without it."""

    label: str
    count: int
    address: str
    is_chosen: bool = False


@dataclass(frozen=True)
class Group:
    """One filter."""

    title: str
    choices: list[Choice]

    @property
    def first(self) -> list[Choice]:
        """Those that are shown at once."""
        return self.choices[:SHOWN]

    @property
    def more(self) -> list[Choice]:
        """The others."""
        return self.choices[SHOWN:]


@dataclass(frozen=True)
class Chip:
    """A filter that is set, and the page without it."""

    label: str
    address: str


def groups_of(asked: Asked, counts: Counts) -> list[Group]:
    """The filters that would narrow these results, and those that are set."""
    groups = [
        _group(_("Author"), asked, "author", counts.get("author_name", {}), str),
        _group(_("Subject"), asked, "subject", counts.get("subject", {}), str),
        _group(_("Class"), asked, "main_class", dict(sorted(counts.get("class", {}).items())), class_name),
        _group(_("Language of the book"), asked, "language", counts.get("language", {}), language_name),
        Group(_("Year"), list(_decades(asked, counts.get("decade", {})))),
    ]
    return [group for group in groups if len(group.choices) > 1 or any(choice.is_chosen for choice in group.choices)]


def available_now(asked: Asked, counts: Counts) -> Choice:
    """Whether only books are shown of which a copy is in."""
    count = counts.get("available", {}).get("yes", 0)
    return Choice(_("Available now"), count, asked.but(available=not asked.available).address, asked.available)


def chips_of(asked: Asked) -> list[Chip]:
    """The filters that are set."""
    named: list[tuple[str, dict[str, Any]]] = [
        (_("Available now") if asked.available else "", {"available": False}),
        (asked.author, {"author": ""}),
        (asked.subject, {"subject": ""}),
        (class_name(asked.main_class) if asked.main_class else "", {"main_class": ""}),
        (language_name(asked.language) if asked.language else "", {"language": ""}),
        (_years(asked), {"first_year": None, "last_year": None}),
    ]
    return [Chip(label, asked.but(**without).address) for label, without in named if label]


def _group(title: str, asked: Asked, name: str, counted: Mapping[str, int], words: Callable[[str], str]) -> Group:
    chosen = getattr(asked, name)
    if len(counted) < 2 and chosen not in counted:
        return Group(title, [])  # it would narrow nothing

    def choice(value: str, count: int) -> Choice:
        other = "" if value == chosen else value
        return Choice(words(value), count, asked.but(**{name: other}).address, value == chosen)

    choices = [choice(value, count) for value, count in counted.items()]
    return Group(title, sorted(choices, key=lambda one: not one.is_chosen))


def _decades(asked: Asked, counted: Mapping[str, int]) -> Iterator[Choice]:
    """The latest first."""
    for decade, count in sorted(counted.items(), key=lambda one: -int(one[0])):
        years: dict[str, Any] = {"first_year": int(decade), "last_year": int(decade) + 9}
        is_chosen = asked == asked.but(**years)
        to = asked.but(first_year=None, last_year=None) if is_chosen else asked.but(**years)
        yield Choice(_("%(decade)ss") % {"decade": decade}, count, to.address, is_chosen)


def _years(asked: Asked) -> str:
    if not asked.has_years:
        return ""
    if asked.first_year == asked.last_year:
        return str(asked.first_year)
    return f"{asked.first_year or ''}–{asked.last_year or ''}"
