"""The read model behind the patron's page, to look at."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from dashboard.models import CreditRow, FeeRow, FineRow, HoldRow, LoanRow, UserInfo
from kernel.staff.admins import ReadModelAdmin
from kernel.staff.columns import Called, OfPeople, begins, begins_in_words, money_column, patron_column, words_column

MONEY = (money_column("amount", _("amount")), money_column("paid", _("paid so far")), money_column("owed", _("owed")))

STATUS = words_column(
    "status",
    _("status"),
    {
        "requested": _("requested"),
        "active": _("on loan"),
        "returned": _("returned"),
        "cancelled": _("cancelled"),
        "outstanding": _("outstanding"),
        "paid": _("paid"),
        "waived": _("waived"),
        "waiting": _("waiting"),
        "suspended": _("suspended"),
        "ready": _("ready to be collected"),
        "collected": _("collected"),
        "expired": _("not collected in time"),
    },
)
"""Of loans, fines and holds."""
KIND = words_column(
    "kind",
    _("kind"),
    {
        "late": _("late fee"),
        "replacement": _("price of a lost copy"),
        "processing": _("processing fee"),
        "buy_off": _("suspension bought off"),
    },
)
"""Of fines."""
CREDIT = money_column("credit", _("credit"))
IN_WORDS: dict[str, Any] = {
    "patron_id": patron_column,
    "status": STATUS,
    "kind": KIND,
    **dict(zip(("amount", "paid", "owed"), MONEY, strict=True)),
    "credit": CREDIT,
}


class RowAdmin(OfPeople, ReadModelAdmin):
    """Rows of patrons' pages, with who it is and how it is with it in words."""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """All columns, each once."""
        return [*dict.fromkeys(IN_WORDS.get(str(name), name) for name in super().get_fields(request, obj))]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """None can be changed."""
        own = {field.name for field in self.opts.fields}
        in_words = [column for name, column in IN_WORDS.items() if name in own]
        return [*super().get_readonly_fields(request, obj), *in_words]


@admin.register(UserInfo)
class UserInfoAdmin(RowAdmin):
    """Patrons who have a page."""

    list_display = (patron_column,)
    search_fields = ("patron_id__typed",)


@admin.register(LoanRow)
class LoanRowAdmin(RowAdmin):
    """Loans on pages."""

    list_display = ("loan_id", patron_column, "title", STATUS, "outstanding", "due_on", "version")
    sortable_by = ("loan_id",)
    search_fields = ("loan_id__typed", "patron_id__typed")


@admin.register(FineRow)
class FineRowAdmin(RowAdmin):
    """Fines on pages."""

    list_display = ("fine_id", patron_column, "title", *MONEY, STATUS, "version")
    sortable_by = ("fine_id",)
    search_fields = ("fine_id__typed", "patron_id__typed")


@admin.register(FeeRow)
class FeeRowAdmin(Called, ReadModelAdmin):
    """Fee schedules that pages reckon with."""

    list_display = (begins, "category", "copy_type")
    fields: ClassVar[Any] = ("schedule_id", begins_in_words, "category", "copy_type", "given")
    readonly_fields: ClassVar[Any] = (begins_in_words,)

    def called(self, thing: FeeRow) -> str:
        """For whom and what, and from when on."""
        return " · ".join(filter(None, (thing.category, thing.copy_type, begins_in_words(thing))))


@admin.register(CreditRow)
class CreditRowAdmin(RowAdmin):
    """What patrons have to the good, as pages show it."""

    list_display = (patron_column, CREDIT, "version")
    search_fields = ("patron_id__typed",)


@admin.register(HoldRow)
class HoldRowAdmin(RowAdmin):
    """Holds on pages."""

    list_display = ("hold_id", patron_column, "title", "volume", STATUS, "placed_at", "pickup_by", "version")
    sortable_by = ("hold_id",)
    exclude = ("place",)
    search_fields = ("hold_id__typed", "patron_id__typed")
