"""When the library is open, where it is, and by which rules it lends, in words made from its policies and calendar."""

from collections.abc import Hashable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeVar

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.categories.models import Category
from catalog.models import CopyType
from kernel.storage.databases import is_out_of_reach
from lending.calendar.queries import special_days, why_of
from lending.policies.in_words import rules_in_words
from lending.policies.table import policies_now
from opac.site import page, shown

Same = TypeVar("Same", bound=Hashable)


class OfCopies(NamedTuple):
    """What holds for copies of these types: a sentence each."""

    copies: str
    sentences: tuple[str, ...]


class OfPatrons(NamedTuple):
    """What holds for patrons of these categories."""

    patrons: str
    rules: tuple[OfCopies, ...]


class ClosedDay(NamedTuple):
    """A day that is not open as usual, and why."""

    day: date
    is_open: bool
    why: str


@page
@require_safe
def visit(request: HttpRequest) -> HttpResponse:
    """What one wants to know before one comes. What a database that is away would say is left out."""
    today = timezone.localdate()
    try:
        days = [ClosedDay(day.on, day.is_open, why_of(day)) for day in special_days(today)]
        context: dict[str, Any] = {"days": days, "rules": list(_rules(today))}
    except DatabaseError as error:
        if not is_out_of_reach(error):
            raise
        context = {}
    return shown(request, "visit.html", context)


def _rules(today: date) -> Iterator[OfPatrons]:
    """What each category may: those for which the same holds come as one, and so do types of copies."""
    policies = policies_now()
    types = {"": "", **{one.code: str(one) for one in CopyType.objects.order_by("code")}}
    categories = {"": "", **{one.code: str(one) for one in Category.objects.order_by("code")}}
    found: dict[tuple[OfCopies, ...], list[str]] = {}
    for category in categories:
        sentences = {one: tuple(rules_in_words(policies.deciding(category, one, today).rules)) for one in types}
        of_copies = _parts(sentences, types, _("everything"), _("everything else"))
        found.setdefault(tuple(OfCopies(*one) for one in of_copies), []).append(category)
    by_category = {category: rules for rules, those in found.items() for category in those}
    for patrons, rules in _parts(by_category, categories, _("everybody"), _("everybody else")):
        yield OfPatrons(patrons, rules)


def _parts(
    what: Mapping[str, Same], names: Mapping[str, str], all_of_them: str, all_others: str
) -> list[tuple[str, Same]]:
    """The codes for which the same holds, by their names, each with it; "" is whatever has no code of its own."""
    parts: dict[Same, list[str]] = {}
    for code, same in what.items():
        parts.setdefault(same, []).append(code)
    rest = all_of_them if len(parts) == 1 else all_others
    named = [(rest if "" in codes else ", ".join(names[code] for code in codes), same) for same, codes in parts.items()]
    return sorted(named, key=lambda one: one[0] == rest)
