"""Which copies a stocktaking is about."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from catalog.models import Copy, Scan, Stocktaking
from catalog.shelf_order import last_shelf_key, shelf_key

STATES: Mapping[str, Mapping[str, str]] = {
    "shelf": {"place": "shelf", "condition": "ok"},
    "hold_shelf": {"place": "hold_shelf"},
    **{condition: {"condition": condition} for condition in ("damaged", "missing", "lost", "in_repair")},
}
"""What the catalogue has of a copy in each state of `Stocktaking.State`."""


def of_these_shelves(one: Stocktaking) -> Q:
    """Copies that belong on the shelves of the stocktaking, whatever their state."""
    wanted = Q()
    for column, values in (("shelving_mark", one.shelving_marks), ("room", one.rooms), ("type", one.types)):
        wanted &= Q(**{f"{column}__in": values}) if values else Q()
    if one.first_call_number:
        wanted &= Q(book__shelf_key__gte=shelf_key(one.first_call_number))
    if one.last_call_number:
        wanted &= Q(book__shelf_key__lte=last_shelf_key(one.last_call_number), book__shelf_key__gt="")
    return wanted


def in_states(states: Collection[str], *, before: str = "") -> Q:
    """Copies that are in one of the states; `before` leads to a copy from another table."""
    wanted = Q(pk=None)
    for state in states:
        wanted |= Q(**{before + column: value for column, value in STATES[state].items()})
    return wanted & Q(**{f"{before}withdrawn_at": None})


def judged(copies: QuerySet[Copy], one: Stocktaking) -> QuerySet[Any]:
    """The copies with their books, each with whether it `belongs_here`, and whether it `is_expected`."""
    return copies.select_related("book").annotate(
        belongs_here=_is(of_these_shelves(one)), is_expected=_is(of_these_shelves(one) & in_states(one.states))
    )


def expected_copies(one: Stocktaking) -> QuerySet[Copy]:
    """The copies that should be found there."""
    return Copy.objects.filter(of_these_shelves(one), in_states(one.states))


def unscanned_copies(one: Stocktaking) -> QuerySet[Copy]:
    """Those of them that nobody has scanned so far, as they stand; without those that moved since the stocktaking
    began: they may have come to their shelf when it had been passed, and a copy to be pulled is looked for anyway."""
    read = Scan.objects.filter(stocktaking=one, copy=OuterRef("pk"))
    rest = expected_copies(one).exclude(Exists(read))
    rest = rest.exclude(moved_at__gt=one.started_at).exclude(added_at__gt=one.started_at)
    return rest.select_related("book").order_by("room", "shelving_mark", "book__shelf_key", "volume", "pk")


def by_call_number(copies: QuerySet[Copy]) -> QuerySet[Copy]:
    """The same copies in an order that an index has, whatever their rooms: a page of a million is there at once."""
    return copies.filter(book__withdrawn_at=None).order_by("book__shelf_key", "book_id", "pk")


def _is(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition or Q(pk__isnull=False), output_field=BooleanField())
