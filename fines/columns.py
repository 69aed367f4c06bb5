"""How fines are shown and chosen in lists and on pages of the staff side."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fines.models import Fine
from fines.queries import those_that_are
from kernel.money import money
from kernel.staff.columns import money_column

CHARGED = money_column("amount", gettext_lazy("charged"))
PAID = money_column("paid", gettext_lazy("paid so far"))
OWED = money_column("owed", gettext_lazy("owed"))
MOVED = money_column("amount", gettext_lazy("amount"))


class ByStatus(admin.SimpleListFilter):
    """Fines by what their entries say."""

    title = gettext_lazy("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """What a fine can be."""
        return list(Fine.Status.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The fines that are so."""
        status = self.value()
        return those_that_are(status, queryset) if status else queryset


def owed_of(fine: Any) -> str:
    """A fine with its patron and what is owed of it."""
    return _("%(title)s · %(patron)s: %(owed)s are owed") % {
        "title": fine.title, "patron": fine.patron, "owed": money(fine.owed)
    }  # fmt: skip
