"""Today's figures on the start page, as each context counts its own."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fines.queries import money_of_the_day
from kernel.eventbus.delivery.queries import pending_deliveries
from kernel.money import money
from lending.queries import counts_of_the_day


class Shown(NamedTuple):
    """Where a figure leads, the permission to see that, and whether somebody should act when it is not 0."""

    label: str | Promise
    permission: str
    page: str
    query: str = ""
    urgent: bool = False


OF_LENDING = {
    "lent_today": Shown(_("loans made today"), "lending.view_loan", "lending_loan"),
    "returned_today": Shown(_("copies returned today"), "lending.view_return", "lending_return"),
    "overdue": Shown(_("copies overdue"), "lending.view_loan", "lending_loan", "?overdue=yes", urgent=True),
    "requested": Shown(_("requested loans waiting"), "lending.view_loan", "lending_loan", "?status__exact=requested"),
    "out": Shown(_("copies on loan"), "lending.view_loan", "lending_loan", "?status__exact=active"),
    "lendable": Shown(_("copies that can be lent"), "catalog.view_book", "catalog_book"),
}
OF_MONEY = {
    "fines_outstanding": Shown(_("fines outstanding"), "fines.view_fine", "fines_fine", "?status=outstanding"),
    "paid_today": Shown(_("fines paid today"), "fines.view_fine", "fines_fine", "?status=paid"),
}
OF_DELIVERIES = {
    "waiting": Shown(_("deliveries waiting"), "eventbus.view_delivery", "eventbus_delivery", "?status__exact=waiting"),
    "dead": Shown(
        _("deliveries dead"), "eventbus.view_delivery", "eventbus_delivery", "?status__exact=dead", urgent=True
    ),
}


class Figure(NamedTuple):
    """One figure of the start page."""

    name: str
    label: str
    number: str
    address: str
    urgent: bool


def todays_figures(now: datetime, may: Callable[[str], bool]) -> Iterator[Figure]:
    """What the start page shows to somebody with those permissions; seven statements at most."""
    for figures, counted in (
        (OF_LENDING, lambda: counts_of_the_day(now)),
        (OF_MONEY, lambda: money_of_the_day(now)),
        (OF_DELIVERIES, pending_deliveries),
    ):
        seen = {name: shown for name, shown in figures.items() if may(shown.permission)}
        yield from _figures(seen, counted() if seen else {}, money if figures is OF_MONEY else "{:,}".format)


def _figures(seen: Mapping[str, Shown], numbers: Mapping[str, int], written: Callable[[int], str]) -> Iterator[Figure]:
    for name, shown in seen.items():
        address = reverse(f"admin:{shown.page}_changelist") + shown.query
        yield Figure(name, str(shown.label), written(numbers[name]), address, shown.urgent and numbers[name] > 0)
