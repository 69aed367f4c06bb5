"""The rules of lending on the staff side."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.staff.admins import StaffAdmin
from kernel.staff.columns import money_column
from kernel.staff.fields import MoneyField
from kernel.staff.forms import ServiceForm
from lending.models import LoanPolicy
from lending.policies.services import adopt_policy, revoke_policy

BLOCKED = money_column("blocked_from", _("blocked from a debt of"))


class PolicyForm(ServiceForm):
    """The rules, with the debt typed as amounts are."""

    class Meta:
        model = LoanPolicy
        fields = "__all__"
        field_classes = {"blocked_from": MoneyField}


@admin.register(LoanPolicy)
class LoanPolicyAdmin(StaffAdmin):
    """The rules of lending, which are adopted for a day to come and never changed."""

    form = PolicyForm
    list_display = ("valid_from", *(BLOCKED if name == "blocked_from" else name for name in LoanPolicy.rule_names()))
    ordering = ("-valid_from",)
    actions = ("revoke",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The rules, to type in or to read."""
        return self.list_display if obj else ["valid_from", *LoanPolicy.rule_names()]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The amount as it is written everywhere."""
        return (BLOCKED,) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: another policy is adopted instead."""
        return False

    def save_model(self, request: HttpRequest, obj: LoanPolicy, form: Any, change: bool) -> None:
        """Adopts the policy through the service."""
        obj.pk = adopt_policy(**form.cleaned_data, now=timezone.now()).pk

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whoever may adopt rules may revoke them."""
        return self.has_add_permission(request)

    def fits(self, action: str, thing: LoanPolicy) -> bool:
        """Only rules that are not in force yet can be revoked."""
        return thing.valid_from > timezone.localdate()

    @admin.action(description=_("Revoke"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[LoanPolicy]) -> HttpResponse | None:
        """Revokes rules that are not in force yet."""
        now = timezone.now()
        self.for_each(request, queryset, lambda policy: revoke_policy(policy.pk, now=now), _("Revoked: %(count)s."))
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:lending_loanpolicy_changelist"))
