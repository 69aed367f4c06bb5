"""Lists to work from, to be printed or taken along as a file."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from desk.lists import books, holds, people
from desk.lists.listed import MOST, MOST_IN_FILE, Amount, Link, Row
from kernel.spreadsheets.files import FORMATS, list_file
from kernel.staff.site import for_all_staff

LISTS = {**people.LISTS, **holds.LISTS, **books.LISTS}


@for_all_staff
def work_list(request: HttpRequest, name: str) -> HttpResponse:
    """One of the lists, for who may see what it is about, as a page, or with `as=csv` or `as=xlsx` as a file."""
    if name not in LISTS:
        raise Http404
    one, now = LISTS[name], timezone.now()
    if not request.user.has_perm(one.permission):
        raise PermissionDenied
    if (kind := request.GET.get("as", "")) in FORMATS:
        return list_file(kind, name, one.columns, map(_in_file, one.rows(now, MOST_IN_FILE)))
    seen = [
        {"name": other, "title": LISTS[other].title}
        for other in LISTS
        if request.user.has_perm(LISTS[other].permission)
    ]
    found = list(one.rows(now, MOST + 1))
    rows = [list(zip(one.columns, _shown(row, request), strict=True)) for row in found[:MOST]]
    most = MOST if len(found) > MOST else None
    context = {"title": one.title, "list": one, "name": name, "rows": rows, "most": most, "lists": seen, "now": now}
    return TemplateResponse(request, "desk/list.html", {**admin.site.each_context(request), **context})


def _in_file(row: Row) -> Row:
    """The row, with numbers and days as programs read them."""
    return tuple(cell.number if isinstance(cell, Amount) else cell for cell in row)


def _shown(row: Row, request: HttpRequest) -> Row:
    """The row, without links to what the person may not see."""
    return tuple(
        cell.words if isinstance(cell, Link) and not request.user.has_perm(cell.permission) else cell for cell in row
    )
