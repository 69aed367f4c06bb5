"""By what the list of people is narrowed."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import without_consent
from accounts.roles import all_roles


class ByRole(admin.SimpleListFilter):
    """Staff by their roles."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The roles that there are."""
        return [(role.name, capfirst(str(role.title))) for role in all_roles().values()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        """Who has the chosen one."""
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


class ConsentEnded(admin.SimpleListFilter):
    """Children whose guardian has to be asked again."""

    title = _("guardian's consent")
    parameter_name = "consent"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The one choice."""
        return [("ended", _("ended"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        """Who is under 14 and without a consent that holds, if they are asked for."""
        return queryset.filter(without_consent(timezone.localdate())) if self.value() == "ended" else queryset
