"""Lists to work from, to be printed or taken along as a file."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from desk.lists import holds, people
from kernel.spreadsheets.files import FORMATS, list_file
from kernel.staff.site import staff_page

LISTS = {**people.LISTS, **holds.LISTS}


@staff_page("accounts.view_user")
def work_list(request: HttpRequest, name: str) -> HttpResponse:
    """One of the lists, for who may see what it is about, as a page or with `as=csv` as a file."""
    if name not in LISTS:
        raise Http404
    one, now = LISTS[name], timezone.now()
    if not request.user.has_perm(one.permission):
        raise PermissionDenied
    if (kind := request.GET.get("as", "")) in FORMATS:
        return list_file(kind, name, one.columns, one.rows(now))
    seen = [
        {"name": other, "title": LISTS[other].title}
        for other in LISTS
        if request.user.has_perm(LISTS[other].permission)
    ]
    context = {"title": one.title, "list": one, "name": name, "rows": list(one.rows(now)), "lists": seen, "now": now}
    return TemplateResponse(request, "desk/list.html", {**admin.site.each_context(request), **context})
