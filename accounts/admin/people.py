"""The staff side of people: their cards, and the roles of the staff."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.forms import PersonForm
from accounts.hashing import hash_password
from accounts.models import User
from accounts.roles import all_roles, may_change, roles_of, roles_to_give
from accounts.services import change_patron, register_patron
from kernel.labels.reading import CARD, searched
from kernel.staff.admins import StaffAdmin
from kernel.staff.columns import worded_column

STAFF = worded_column("is_staff", _("staff"), yes=_("staff"))


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


@admin.register(User)
class PeopleAdmin(StaffAdmin):
    """Patrons are registered and changed here; staff by who may make staff, with roles that he could have himself."""

    form = PersonForm
    list_display = ("card_number", "name", "email", "language", "category", "is_active", STAFF, "registered_at")
    list_select_related = ("category",)
    list_filter = ("is_active", "category", "is_staff", ByRole)
    search_fields = ("card_number", "name", "email")
    search_help_text = _("Card number, name or email")

    def get_search_results(self, request: Any, queryset: QuerySet[User], search_term: str) -> Any:
        """By what the fields hold, and by the number that a scanner sent."""
        found, twice = super().get_search_results(request, queryset, search_term)
        number = searched(search_term, CARD)
        return (found | queryset.filter(card_number__anycase=number) if number != search_term else found), twice

    def get_fields(self, request: Any, obj: User | None = None) -> Any:
        """Programs that listen have neither address nor password nor role."""
        if obj and obj.is_program:
            return ["card_number", "name", "is_active", "registered_at"]
        password = ["new_password"] if obj is None or self.has_change_permission(request, obj) else []
        roles = ["is_staff", "roles"] if self._gives_roles(request, obj) else ["is_staff", "roles_held"] if obj else []
        desk = ["lend_to_card"] if obj and request.user.has_perm("lending.add_loan") else []
        seen = [*desk, "registered_at", "last_login"] if obj else []
        card = ["category", "expires_on", "is_active"]
        return ["card_number", "name", "email", "language", *password, *card, *roles, *seen]

    def get_readonly_fields(self, request: Any, obj: User | None = None) -> list[str]:
        """A card keeps its number; roles are not for everybody to give."""
        roles = [] if self._gives_roles(request, obj) else ["is_staff"]
        return [*roles, "roles_held", "lend_to_card", "registered_at", "last_login", *(["card_number"] if obj else [])]

    def get_form(self, request: Any, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, with the roles that the person at it may give."""
        form = super().get_form(request, obj, change, **kwargs)
        offered = roles_to_give(request.user) if self._gives_roles(request, obj) else ()
        return type(form.__name__, (form,), {"offered": offered})

    def has_change_permission(self, request: Any, obj: User | None = None) -> bool:
        """Nobody may change who has more rights, or could take them."""
        return super().has_change_permission(request, obj) and (obj is None or may_change(request.user, obj))

    def changeform_view(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page; a password that is sent to it is hashed before the page's transaction begins."""
        password = request.POST.get("new_password", "")
        request.hashed_password = hash_password(password) if password else ""
        return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: Any, obj: User, form: forms.ModelForm, change: bool) -> None:
        """Registers or changes the person through the service."""
        fields = {name: form.cleaned_data[name] for name in (form.changed_data if change else form.cleaned_data)}
        password = request.hashed_password if fields.pop("new_password", "") else ""
        if change:
            change_patron(obj.pk, password=password, now=timezone.now(), **fields)
        else:
            obj.pk = register_patron(password=password, now=timezone.now(), **fields).pk

    @admin.display(description=_("roles"))
    def roles_held(self, person: User) -> str:
        """The person's roles in one line."""
        return ", ".join(str(role.title) for role in roles_of(person)) or "–"

    @admin.display(description=_("at the desk"))
    def lend_to_card(self, person: User) -> str:
        """Where copies are lent to this card."""
        address = f"{reverse('admin:desk_lend')}?{urlencode({'card_number': person.card_number})}"
        return format_html('<a href="{}">{}</a>', address, _("Lend to this card"))

    def _gives_roles(self, request: Any, person: User | None) -> bool:
        if person and (person.is_program or not self.has_change_permission(request, person)):
            return False
        return bool(roles_to_give(request.user))
