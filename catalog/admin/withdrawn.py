"""What is in the catalogue, and what was withdrawn from it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from catalog.models import Copy
from kernel.staff.columns import worded_column

FOR_LOAN = worded_column("for_loan", _("for loan"), yes=_("for loan"), no=_("not for loan"))


class Withdrawn(admin.SimpleListFilter):
    """What is in the catalogue, unless the withdrawn is asked for."""

    title = _("withdrawn")
    parameter_name = "withdrawn"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The one other choice."""
        return [("yes", _("withdrawn"))]

    def choices(self, changelist: Any) -> Any:
        """Names the first choice by what it shows."""
        first, *others = super().choices(changelist)
        yield {**first, "display": _("in the catalogue")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The one or the other."""
        return queryset.filter(withdrawn_at__isnull=self.value() != "yes")


def where_shown(copy: Copy) -> str:
    """Where a copy is, in words, with its condition where that is not in order."""
    if copy.withdrawn_at:
        return str(_("withdrawn"))
    condition = "" if copy.condition == Copy.Condition.OK else copy.get_condition_display()
    return " · ".join(filter(None, [copy.get_place_display() if copy.place else "", condition]))


def desk_links(copy: Copy) -> str:
    """Links to the loan that has the copy, to its marks, and to what became of it; the pages are lending's."""
    links = [] if copy.loan is None else [(reverse("admin:lending_loan_change", args=[copy.loan]), _("who has it"))]
    links.append((reverse("admin:lending_copy_change", args=[copy.pk]), _("mark")))
    links.append((reverse("admin:lending_copy_history", args=[copy.pk]), _("history")))
    return format_html_join(mark_safe(" · "), '<a href="{}">{}</a>', links)


def may_see_the_desk(request: HttpRequest) -> bool:
    """Whether the person may see lending's pages about copies."""
    return request.user.has_perm("lending.view_copy") and request.user.has_perm("lending.view_loan")
