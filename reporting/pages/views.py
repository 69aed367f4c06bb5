"""The pages: the report of a period, and a table of any two axes, each as a page or as a file."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kernel.staff.site import staff_page
from reporting.pages.forms import PeriodForm, TableForm, this_year
from reporting.queries import stale_days
from reporting.reading.behind import lists_for
from reporting.reading.charts import bar_chart, charts_of
from reporting.reading.crossing import crossed
from reporting.reading.report import report_of
from reporting.reading.tables import Table
from reporting.sheets.files import FORMATS, file_of

CHARTS = {"months": (0, 1), "hours": (0, 1), "holdings": (6,), "age_groups": (0,)}
"""Of which tables columns are drawn, and which."""
CROSS = "cross"
"""Drawn by the sums of its lines."""
FIRST_TABLE = {"what": "loans", "rows": "month", "columns": "main_class"}


@staff_page("reporting.view_daycount")
def report(request: HttpRequest) -> HttpResponse:
    """What libraries report each year, of any period."""
    today = timezone.localdate()
    form = PeriodForm({**this_year(today), **request.GET.dict()})
    tables = report_of(*_days(form), today, lists_for(request.user.has_perm)) if form.is_valid() else []
    return _answer(request, "report", _("Statistics"), form, tables)


@staff_page("reporting.view_daycount")
def cross(request: HttpRequest) -> HttpResponse:
    """A table of any two axes."""
    form = TableForm({**this_year(timezone.localdate()), **FIRST_TABLE, **request.GET.dict()})
    tables = []
    if form.is_valid():
        asked = form.cleaned_data
        days, axes = _days(form), (asked["rows"], asked["columns"])
        tables = [crossed(asked["what"], *days, *axes, lists_for(request.user.has_perm))]
    return _answer(request, "table", _("Statistics by two axes"), form, tables)


def _days(form: PeriodForm) -> tuple[date, date]:
    return form.cleaned_data["first"], form.cleaned_data["last"]


def _answer(request: HttpRequest, name: str, title: str, form: PeriodForm, tables: Sequence[Table]) -> HttpResponse:
    period = " – ".join(map(date_format, _days(form))) if form.is_valid() else ""
    if tables and request.GET.get("as") in FORMATS:
        return file_of(request.GET["as"], f"{title} {period}", f"statistics-{name}", tables)
    charts = charts_of(tables, CHARTS) | {
        table.name: bar_chart(table.summed_across(), 0) for table in tables if table.name == CROSS
    }
    context: Mapping[str, Any] = {
        "title": title,
        "name": name,
        "form": form,
        "period": period,
        "shown": [(table, charts.get(table.name, "")) for table in tables],
        "stale": stale_days(*_days(form)) if tables else 0,
        "files": [(kind, _query(request, kind)) for kind in FORMATS] if tables else [],
        "other": _query(request, ""),
    }
    return TemplateResponse(request, "reporting/statistics.html", {**admin.site.each_context(request), **context})


def _query(request: HttpRequest, kind: str) -> str:
    query = request.GET.copy()
    query.pop("as", None)
    if kind:
        query["as"] = kind
    return query.urlencode()
