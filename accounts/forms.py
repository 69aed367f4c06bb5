"""A person's details as staff type them."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role, roles_of
from kernel.staff.fields import CardNumberField, DayField
from kernel.staff.forms import ServiceForm


class PersonForm(ServiceForm):
    """A person's details, and for staff the roles. A password is needed for a new card only, and programs have none."""

    offered: ClassVar[Sequence[Role]] = ()
    """The roles that may be given with this form. Who sends others is told that they can't be chosen."""

    new_password = forms.CharField(
        label=_("password"), required=False, strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )
    roles = forms.MultipleChoiceField(label=_("roles"), required=False, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = User
        fields = ("card_number", "name", "email", "language", "category", "expires_on", "is_active", "is_staff")
        field_classes = {"card_number": CardNumberField, "expires_on": DayField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.offered:
            self._offer_roles()
        else:
            del self.fields["roles"]
        if self.instance.is_program:
            del self.fields["new_password"]
        elif password := self.fields.get("new_password"):
            password.required = not self.instance.pk
            password.help_text = _("Leave it empty to keep the old one.") if self.instance.pk else ""

    def clean_new_password(self) -> str:
        """The password, if it is a good one."""
        password: str = self.cleaned_data["new_password"]
        if password:
            password_validation.validate_password(password, self.instance)
        return password

    def clean_is_staff(self) -> bool:
        """Superusers stay staff, or nobody could get in any more."""
        if self.instance.is_superuser and not self.cleaned_data["is_staff"]:
            raise ValidationError(_("A superuser is always staff too."))
        return bool(self.cleaned_data["is_staff"])

    def clean(self) -> dict[str, Any]:
        """The fields. Raises `ValidationError` for staff without a role, who could do nothing."""
        fields = super().clean()
        needs_role = fields.get("is_staff") and "roles" in self.fields and not self.instance.is_superuser
        if needs_role and not fields.get("roles"):
            self.add_error("roles", _("Staff need at least one role."))
        return fields

    def _offer_roles(self) -> None:
        choices = [(role.name, f"{capfirst(str(role.title))}: {role.sentence}") for role in self.offered]
        self.fields["roles"].choices = choices  # type: ignore[attr-defined]
        self.initial["roles"] = [role.name for role in roles_of(self.instance)] if self.instance.pk else []
