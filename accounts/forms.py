"""A person's details as staff type them."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.cards import CardClosed, CardLost
from accounts.mail.outbox import mail_is_configured
from accounts.models import User
from accounts.roles import Role, roles_of
from accounts.rules import faults_of
from kernel.staff.fields import CardNumberField, DayField, PhoneField
from kernel.staff.forms import ServiceForm

CONSENT = ("born_on", "guardian", "consent_until")


class SignInForm(AuthenticationForm):
    """A card number and a password. Who knows the password is told that the card was replaced, or is closed."""

    def clean(self) -> dict[str, Any]:
        """The fields, where somebody can sign in with them. Raises `ValidationError`."""
        try:
            return super().clean() or self.cleaned_data
        except (CardClosed, CardLost) as refusal:
            raise ValidationError(str(refusal), refusal.code) from refusal


def without_password() -> Any:
    """What comes of it where a new card is given without a password."""
    if mail_is_configured():
        return _("Leave it empty, and a mail brings a link to choose one.")
    return _("Leave it empty, and it is set here later: no mails are sent, and so no link to choose one.")


class PersonForm(ServiceForm):
    """A person's details, and for staff the roles. Without a password, a mail brings a link to choose one; programs
    have none."""

    offered: ClassVar[Sequence[Role]] = ()
    """The roles that may be given with this form. Who sends others is told that they can't be chosen."""

    new_password = forms.CharField(
        label=_("password"), required=False, strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )
    roles = forms.MultipleChoiceField(label=_("roles"), required=False, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = User
        fields = (
            "card_number", "name", "email", "phone", "language", "postal_code", "address", *CONSENT, "notes",
            "category", "expires_on", "is_card_lost", "is_active", "is_staff",
        )  # fmt: skip
        field_classes = {
            "card_number": CardNumberField,
            "phone": PhoneField,
            **dict.fromkeys(("expires_on", "born_on", "consent_until"), DayField),
        }
        widgets: ClassVar[Any] = {"notes": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.offered:
            self._offer_roles()
        else:
            del self.fields["roles"]
        if self.instance.is_program:
            del self.fields["new_password"]
        elif password := self.fields.get("new_password"):
            password.help_text = _("Leave it empty to keep the old one.") if self.instance.pk else without_password()

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
        if {*CONSENT} & {*self.changed_data} and fields.keys() >= {*CONSENT}:
            for name, sentence in faults_of(timezone.localdate(), *(fields[name] for name in CONSENT)).items():
                self.add_error(name, sentence)
        return fields

    def _offer_roles(self) -> None:
        choices = [(role.name, f"{capfirst(str(role.title))}: {role.sentence}") for role in self.offered]
        self.fields["roles"].choices = choices  # type: ignore[attr-defined]
        self.initial["roles"] = [role.name for role in roles_of(self.instance)] if self.instance.pk else []
