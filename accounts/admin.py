"""The librarians' door to people and their cards."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import change_patron, register_patron
from kernel.staff.pages import DoorAdmin, FormOfService


class PersonForm(FormOfService):
    """A person's details. A password is needed for a new card only."""

    new_password = forms.CharField(
        label=_("password"), required=False, strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    class Meta:
        model = User
        fields = ("card_number", "name", "email", "language", "is_active", "is_staff")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if password := self.fields.get("new_password"):
            password.required = not self.instance.pk
            password.help_text = _("Leave it empty to keep the old one.") if self.instance.pk else ""

    def clean_new_password(self) -> str:
        """The password, if it is a good one."""
        password: str = self.cleaned_data["new_password"]
        if password:
            password_validation.validate_password(password, self.instance)
        return password

    def clean_is_staff(self) -> bool:
        """Operators stay librarians, or nobody could get in any more."""
        if self.instance.is_superuser and not self.cleaned_data["is_staff"]:
            raise ValidationError(_("An operator is always a librarian too."))
        return bool(self.cleaned_data["is_staff"])


@admin.register(User)
class PeopleAdmin(DoorAdmin):
    """Librarians register and change patrons; only operators make librarians and change them."""

    form = PersonForm
    list_display = ("card_number", "name", "email", "language", "is_active", "is_staff", "registered_at")
    list_filter = ("is_active", "is_staff")
    search_fields = ("card_number", "name", "email")
    search_help_text = _("Card number, name or email")

    def get_fields(self, request: Any, obj: User | None = None) -> Any:
        """Who is a librarian is only for operators to say."""
        password = ["new_password"] if obj is None or self.has_change_permission(request, obj) else []
        rank = ["is_staff"] if request.user.is_superuser or obj else []
        seen = ["admit", "registered_at", "last_login"] if obj else []
        return ["card_number", "name", "email", "language", *password, "is_active", *rank, *seen]

    def get_readonly_fields(self, request: Any, obj: User | None = None) -> list[str]:
        """A card keeps its number."""
        rank = [] if request.user.is_superuser else ["is_staff"]
        return [*rank, "admit", "registered_at", "last_login", *(["card_number"] if obj else [])]

    def has_change_permission(self, request: Any, obj: User | None = None) -> bool:
        """A librarian may not change another one, or could take over more rights than given."""
        may = super().has_change_permission(request, obj)
        return may and (request.user.is_superuser or obj is None or not (obj.is_staff or obj.is_superuser))

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> None:
        """Registers or changes the person through the service."""
        told = {name: form.cleaned_data[name] for name in (form.changed_data if change else form.cleaned_data)}
        password = told.pop("new_password", "")
        if change:
            change_patron(obj.pk, password=password, **told)
        else:
            obj.pk = register_patron(password=password, now=timezone.now(), **told).pk

    @admin.display(description=_("at the desk"))
    def admit(self, person: User) -> str:
        """Where copies are lent to this card."""
        address = f"{reverse('admin:desk_lend')}?{urlencode({'card_number': person.card_number})}"
        return format_html('<a href="{}">{}</a>', address, _("Lend to this card"))
