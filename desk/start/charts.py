"""The charts of the start page: what each role asks of its days. They come behind the first paint."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.contrib import admin
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.middleware import HtmxDetails

from desk.start.first_steps import first_steps
from desk.start.overdue import overdue_table
from kernel.staff.site import for_all_staff
from kernel.storage.databases import is_out_of_reach
from reporting.queries import has_loans
from reporting.reading.asked_daily import days_table, hours_table, most_borrowed_table, use_and_money
from reporting.reading.behind import lists_for
from reporting.reading.charts import bar_chart, rank_chart
from reporting.reading.tables import Table

May = Callable[[str], bool]
TITLES = 10
COUNTS = "reporting.view_daycount"
SEEN_BY: Mapping[str, set[str]] = {
    "days": {COUNTS, "lending.add_loan"},
    "hours": {COUNTS, "lending.add_loan"},
    "overdue": {"lending.view_loan"},
    "most": {COUNTS, "catalog.view_book"},
    "use": {COUNTS, "catalog.change_book"},
    "money": {COUNTS, "fines.view_till"},
}
"""The permissions without which a chart is not shown."""
FOUR_WEEKS, TWELVE_MONTHS = gettext_lazy("the last four weeks"), gettext_lazy("this month and the eleven before")


class Chart(NamedTuple):
    """A table, its picture, and of which time they are."""

    table: Table
    picture: SafeString
    time: str | Promise = ""


def charts_for(may: May) -> set[str]:
    """The names of the charts that somebody with those permissions sees."""
    return {name for name, permissions in SEEN_BY.items() if all(map(may, permissions))}


@for_all_staff
def charts(request: HttpRequest) -> HttpResponse:
    """The charts of the person who looks: as a page, or asked by htmx as the part of the start page that they are.
    Where nothing was lent yet, what to do first stands in the place of those that are empty."""
    may = request.user.has_perm
    shown, is_whole = _made(may, timezone.now())
    context = {"title": _("Charts"), "charts": shown, "is_whole": is_whole}
    if is_whole and not has_loans():
        context |= {"is_new": True, "steps": first_steps(may), "charts": [chart for chart in shown if chart.picture]}
    if HtmxDetails(request):
        return TemplateResponse(request, "desk/parts/charts.html", {**context, "is_part": True})
    return TemplateResponse(request, "desk/charts.html", {**admin.site.each_context(request), **context})


def _made(may: May, now: datetime) -> tuple[list[Chart], bool]:
    """The charts, and whether every context could be asked: those of a database that is away are left out."""
    wanted, found, is_whole = charts_for(may), [], True
    for names, made in MADE:
        if wanted.isdisjoint(names):
            continue
        try:
            found += [chart for chart in made(may, timezone.localdate(now)) if chart.table.name in wanted]
        except DatabaseError as error:
            if not is_out_of_reach(error):
                raise
            is_whole = False
    return found, is_whole


def _four_weeks(today: date) -> tuple[date, date]:
    return today - timedelta(days=27), today


def _days(may: May, today: date) -> list[Chart]:
    table = days_table(*_four_weeks(today), lists_for(may))
    return [Chart(table, bar_chart(table, 0, 1), FOUR_WEEKS)]


def _hours(may: May, today: date) -> list[Chart]:
    table = hours_table(*_four_weeks(today))
    return [Chart(table, bar_chart(table, 0, 1), FOUR_WEEKS)]


def _overdue(may: May, today: date) -> list[Chart]:
    table = overdue_table(today)
    return [Chart(table, bar_chart(table, 0))]


def _most(may: May, today: date) -> list[Chart]:
    table = most_borrowed_table(*_four_weeks(today), TITLES, lists_for(may))
    return [Chart(table, rank_chart(table), FOUR_WEEKS)]


def _use_and_money(may: May, today: date) -> list[Chart]:
    first = date(today.year - (today.month < 12), today.month % 12 + 1, 1)
    use, money = use_and_money(first, today)
    return [Chart(use, bar_chart(use, 0, 1), TWELVE_MONTHS), Chart(money, bar_chart(money, 0, 1), TWELVE_MONTHS)]


MADE: tuple[tuple[set[str], Callable[[May, date], list[Chart]]], ...] = (
    ({"overdue"}, _overdue),
    ({"days"}, _days),
    ({"hours"}, _hours),
    ({"most"}, _most),
    ({"use", "money"}, _use_and_money),
)
"""How each is made; two of them are read at once."""
