"""The read model behind the patron's page, to look at."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from dashboard.models import CreditRow, FeeRow, FineRow, HoldRow, LoanRow, UserInfo
from kernel.staff.admins import ReadModelAdmin
from kernel.staff.columns import money_column

MONEY = (money_column("amount", _("amount")), money_column("paid", _("paid so far")), money_column("owed", _("owed")))


@admin.register(UserInfo)
class UserInfoAdmin(ReadModelAdmin):
    """Patrons who have a page."""

    list_display = ("patron_id",)
    search_fields = ("patron_id__typed",)


@admin.register(LoanRow)
class LoanRowAdmin(ReadModelAdmin):
    """Loans on pages."""

    list_display = ("loan_id", "patron_id", "title", "status", "outstanding", "due_on", "version")
    sortable_by = ("loan_id",)
    search_fields = ("loan_id__typed", "patron_id__typed")


@admin.register(FineRow)
class FineRowAdmin(ReadModelAdmin):
    """Fines on pages."""

    list_display = ("fine_id", "patron_id", "title", *MONEY, "status", "version")
    sortable_by = ("fine_id",)
    search_fields = ("fine_id__typed", "patron_id__typed")


@admin.register(FeeRow)
class FeeRowAdmin(ReadModelAdmin):
    """Fee schedules that pages reckon with."""

    list_display = ("valid_from", "category", "copy_type", "given")


@admin.register(CreditRow)
class CreditRowAdmin(ReadModelAdmin):
    """What patrons have to the good, as pages show it."""

    list_display = ("patron_id", money_column("credit", _("credit")), "version")
    search_fields = ("patron_id__typed",)


@admin.register(HoldRow)
class HoldRowAdmin(ReadModelAdmin):
    """Holds on pages."""

    list_display = ("hold_id", "patron_id", "title", "volume", "status", "placed_at", "pickup_by", "version")
    sortable_by = ("hold_id",)
    search_fields = ("hold_id__typed", "patron_id__typed")
