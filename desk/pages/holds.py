"""Lists about holds, to be printed or taken along as a file."""

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from desk.lists.files import lines_of
from desk.lists.holds import LISTS
from kernel.staff.site import staff_page


@staff_page("lending.view_hold")
def hold_list(request: HttpRequest, name: str) -> HttpResponse:
    """One of the lists, as a page or with `as=csv` as a file."""
    if name not in LISTS:
        raise Http404
    one, now = LISTS[name], timezone.now()
    if request.GET.get("as") == "csv":
        answer = HttpResponse("".join(lines_of(one.columns, one.rows(now))), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="holds-{name}.csv"'
        return answer
    others = [{"name": other, "title": LISTS[other].title} for other in LISTS]
    context = {"title": one.title, "list": one, "name": name, "rows": list(one.rows(now)), "lists": others, "now": now}
    return TemplateResponse(request, "desk/holds.html", {**admin.site.each_context(request), **context})
