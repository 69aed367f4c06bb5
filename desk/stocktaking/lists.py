"""The results of a stocktaking as lists: to look at, to print, as a file, and to act on, one by one or many at once."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Scan, Stocktaking
from catalog.stocktaking.queries import results
from desk.stocktaking.acting import Act, Doing, Row, do_and_settle
from desk.stocktaking.acts import ACTS
from desk.stocktaking.said import TITLES, label_of, names_of, state_of
from kernel.refusals import Refused
from kernel.spreadsheets.files import FORMATS, list_file
from kernel.staff.lists import BoundedPaginator
from kernel.staff.refusals import refusals_shown
from kernel.staff.site import staff_page
from kernel.storage.retries import with_retries

PER_PAGE, MOST_AT_ONCE, MOST_IN_FILE = 100, 500, 20_000
COLUMNS = (
    gettext_lazy("call number"),
    gettext_lazy("room"),
    gettext_lazy("title"),
    gettext_lazy("barcode"),
    gettext_lazy("state"),
    gettext_lazy("finding"),
    gettext_lazy("scanned by"),
    gettext_lazy("scanned at"),
)


class WholeList(BoundedPaginator):
    """All of a list on one page, as far as a file has it."""

    most = MOST_IN_FILE


@staff_page("catalog.view_stocktaking")
def result_list(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One of the lists; with `as=csv` or `as=xlsx` as a file, with `whole` on one page, which is printed. What is
    chosen and sent leads to a page that says what will come of it, and sent from there it is done."""
    one = get_object_or_404(Stocktaking, pk=pk)
    if name not in TITLES:
        raise Http404
    if request.method == "POST":
        return _act(request, one, name)
    if (kind := request.GET.get("as", "")) in FORMATS:
        return list_file(kind, f"stocktaking-{one.pk}-{name}", COLUMNS, _all_cells(one, name))
    whole, rows_of_list = "whole" in request.GET, results(one, name)
    paginator = WholeList(rows_of_list, MOST_IN_FILE) if whole else BoundedPaginator(rows_of_list, PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    rows = [_row(thing) for thing in page]
    context = {
        "title": f"{TITLES[name]} · {one.name}",
        "one": one,
        "name": name,
        "page": page,
        "lines": list(zip((row.key for row in rows), _cells(rows), strict=True)),
        "columns": COLUMNS,
        "whole": whole,
        "acts": {} if whole else {key: act.title for key, act in _acts(request, one, name).items()},
        "lists": [(other, title) for other, title in TITLES.items() if other != name or whole],
        "most": MOST_AT_ONCE,
        "now": timezone.now(),
    }
    return TemplateResponse(request, "desk/stocktaking/list.html", {**admin.site.each_context(request), **context})


def _acts(request: HttpRequest, one: Stocktaking, name: str) -> Mapping[str, Act]:
    """What the person may do about this list now."""
    may = request.user.has_perm
    return {key: act for key, act in ACTS[name].items() if may(act.permission) and act.fits(one)}


def _act(request: HttpRequest, one: Stocktaking, name: str) -> HttpResponse:
    acts, key = _acts(request, one, name), request.POST.get("act", "")
    if key not in acts:
        raise PermissionDenied
    act, rows = acts[key], _chosen(request, one, name)
    form = act.form(request.POST if "confirmed" in request.POST else None) if act.form else None
    if rows and ("confirmed" not in request.POST or (form and not form.is_valid())):
        return _asked(request, one, name, key, rows, form)
    if not rows:
        messages.warning(request, _("Nothing on the list is chosen."))
    asked = form.cleaned_data if form else {}
    _do(request, act, name, rows, Doing(one=one, by=request.user.pk, now=timezone.now(), asked=asked))
    return HttpResponseRedirect(reverse("admin:desk_stocktaking_list", args=[one.pk, name]))


def _chosen(request: HttpRequest, one: Stocktaking, name: str) -> list[Row]:
    """What is chosen of what is still on the list: the ticked rows, or all of them, so many at the most."""
    keys = {int(key) for key in request.POST.getlist("chosen") if key.isascii() and key.isdecimal() and len(key) < 19}
    only = None if "all" in request.POST else keys
    return [_row(thing) for thing in results(one, name, only)[:MOST_AT_ONCE]]


def _asked(request: HttpRequest, one: Stocktaking, name: str, key: str, rows: list[Row], form: Any) -> HttpResponse:
    act = ACTS[name][key]
    doing = Doing(one=one, by=request.user.pk, now=timezone.now())
    looked = act.look(rows, doing)
    lines = [(row, label_of(row.copy), looked[row.key], isinstance(looked[row.key], Refused)) for row in rows]
    context = {
        "title": act.title,
        "one": one,
        "name": name,
        "act": key,
        "lines": lines,
        "refused": sum(refused for *_line, refused in lines),
        "form": form,
        "list_title": TITLES[name],
    }
    return TemplateResponse(request, "desk/stocktaking/preview.html", {**admin.site.each_context(request), **context})


def _do(request: HttpRequest, act: Act, name: str, rows: list[Row], doing: Doing) -> None:
    """Does it to each. Those refused are named with the reason, the rest are counted."""
    count = 0
    for row in rows:
        with refusals_shown(request, row.barcode):
            with_retries(partial(do_and_settle, act, row, doing, name))
            count += 1
    if count:
        messages.success(request, _("%(what)s: %(count)s done.") % {"what": act.title, "count": count})


def _all_cells(one: Stocktaking, name: str) -> Iterator[tuple[str, ...]]:
    return _cells([_row(thing) for thing in results(one, name)[:MOST_IN_FILE]])


def _row(thing: Any) -> Row:
    if isinstance(thing, Scan):
        return Row(thing.pk, thing.barcode, thing.copy, thing)
    return Row(thing.pk, thing.barcode, thing, None)


def _cells(rows: list[Row]) -> Iterator[tuple[str, ...]]:
    names = names_of(row.scan.by for row in rows if row.scan)
    for _key, barcode, copy, scan in rows:
        by = names.get(scan.by or 0) if scan else None
        moment = date_format(timezone.localtime(scan.at), "DATETIME_FORMAT") if scan and scan.by else ""
        misplaced = scan.get_misplaced_display() if scan and scan.misplaced else ""
        found = misplaced or (str(TITLES[scan.finding]) if scan and scan.finding else "")
        room, title = (copy.room, copy.book.title) if copy else ("", "")
        yield label_of(copy), room, title, barcode, state_of(copy), found, by.name if by else "", moment
