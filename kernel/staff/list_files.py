"""A list of the staff side as a file: what its filters leave, in its order, with its columns."""

from copy import copy
from datetime import date
from html import unescape
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import display_for_field, label_for_field, lookup_field
from django.contrib.admin.views.main import ERROR_FLAG, PAGE_VAR
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kernel.spreadsheets.files import list_file
from kernel.staff.lists import BoundedPaginator

KIND = "as"
"""What the address says for a file: `as=csv`."""
CHECKBOX = "action_checkbox"


def listed_as_file(model_admin: admin.ModelAdmin, request: HttpRequest, kind: str) -> HttpResponse:
    """The list that the address is of, as a file; so many rows at the most as can be paged through. Raises
    `PermissionDenied` to those who may not see the list."""
    if not model_admin.has_view_or_change_permission(request):
        raise PermissionDenied
    asked = request.GET.copy()
    for name in (KIND, PAGE_VAR):
        asked.pop(name, None)
    request.GET = asked  # type: ignore[assignment]
    whole: Any = copy(model_admin)
    whole.list_per_page = BoundedPaginator.most
    try:
        changelist = whole.get_changelist_instance(request)
    except IncorrectLookupParameters:
        return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")
    # Where one page has all that is counted, Django takes the whole list, also what is behind that.
    things = changelist.result_list[: BoundedPaginator.most]
    columns = [name for name in changelist.list_display if name != CHECKBOX]
    headings = [label_for_field(name, whole.model, model_admin=whole) for name in columns]
    rows = ([_cell(name, thing, whole) for name in columns] for thing in things)
    return list_file(kind, str(whole.opts.model_name), headings, rows)


def _cell(name: Any, thing: Any, model_admin: admin.ModelAdmin) -> Any:
    """What the list shows, as a value: days and numbers as such, and text without its marks."""
    try:
        field, _shown, value = lookup_field(name, thing, model_admin)
    except ObjectDoesNotExist:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None:
        return ""
    if isinstance(value, SafeString):
        return unescape(strip_tags(value))
    if isinstance(value, date | int) or field is None:
        return value
    return getattr(thing, field.name) if field.is_relation else display_for_field(value, field, "")
