"""Today's figures, as each context tells its own."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fines.queries import money_of_the_day
from kernel.eventbus.delivery.queries import pending_deliveries
from lending.queries import counts_of_the_day


class Shown(NamedTuple):
    """Where a figure leads, and whether somebody should act when it is not 0."""

    label: str | Promise
    page: str
    query: str = ""
    urgent: bool = False


SHOWN = {
    "lent_today": Shown(_("loans made today"), "lending_loan"),
    "returned_today": Shown(_("copies returned today"), "lending_return"),
    "overdue": Shown(_("copies overdue"), "lending_loan", "?overdue=yes", urgent=True),
    "requested": Shown(_("requested loans waiting"), "lending_loan", "?status__exact=requested"),
    "out": Shown(_("copies on loan"), "lending_loan", "?status__exact=active"),
    "lendable": Shown(_("copies that can be lent"), "catalog_book"),
    "fines_outstanding": Shown(_("fines outstanding (KRW)"), "fines_fine", "?status=outstanding"),
    "paid_today": Shown(_("fines paid today (KRW)"), "fines_fine", "?status=paid"),
    "waiting": Shown(_("deliveries waiting"), "eventbus_delivery", "?status__exact=waiting"),
    "dead": Shown(_("deliveries dead"), "eventbus_delivery", "?status__exact=dead", urgent=True),
}


class Figure(NamedTuple):
    """One figure of the start page."""

    name: str
    label: str
    number: str
    address: str
    urgent: bool


def todays_figures(now: datetime) -> Iterator[Figure]:
    """What the start page shows; seven statements."""
    numbers = {**counts_of_the_day(now), **money_of_the_day(now), **pending_deliveries()}
    for name, shown in SHOWN.items():
        address = reverse(f"admin:{shown.page}_changelist") + shown.query
        urgent = shown.urgent and numbers[name] > 0
        yield Figure(name, str(shown.label), f"{numbers[name]:,}", address, urgent)
