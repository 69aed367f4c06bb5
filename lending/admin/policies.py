"""The rules of lending on the staff side."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from kernel.staff.admins import StaffAdmin
from lending.models import LoanPolicy
from lending.policies.services import adopt_policy


@admin.register(LoanPolicy)
class LoanPolicyAdmin(StaffAdmin):
    """The rules of lending, which are adopted for a day to come and never changed."""

    list_display: tuple[str, ...] = ("valid_from", *LoanPolicy.rule_names())
    fields = list_display
    ordering = ("-valid_from",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: another policy is adopted instead."""
        return False

    def save_model(self, request: HttpRequest, obj: LoanPolicy, form: Any, change: bool) -> None:
        """Adopts the policy through the service."""
        obj.pk = adopt_policy(**form.cleaned_data).pk
