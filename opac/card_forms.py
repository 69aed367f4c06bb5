"""Forms about one's own card: its password and details, and applying for one."""

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import CardApplication, User
from kernel.staff.fields import CardNumberField, PhoneField

LONGEST_PASSWORD = 128
TYPED: dict[str, Any] = {"autocapitalize": "characters", "spellcheck": "false"}


def password_field(label: Any, *, is_new: bool = False, **options: Any) -> forms.CharField:
    """A password, which counts as it is typed. A long one is refused, never cut."""
    widget = forms.PasswordInput({"autocomplete": "new-password" if is_new else "current-password"})
    too_long = MaxLengthValidator(LONGEST_PASSWORD)
    return forms.CharField(label=label, strip=False, widget=widget, validators=[too_long], **options)


class Forgotten(forms.Form):
    """Which card it is about."""

    card_number = CardNumberField(
        label=_("Card number"), max_length=32, widget=forms.TextInput({**TYPED, "autocomplete": "username"})
    )


class ChoosePassword(forms.Form):
    """A new password, typed twice."""

    new_password = password_field(
        _("New password"), is_new=True, help_text=_("At least 8 characters, any of them. Longer is better.")
    )
    new_password_again = password_field(_("New password again"), is_new=True)

    def __init__(self, user: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def clean_new_password(self) -> str:
        """The password, if it is a good one. Raises `ValidationError`."""
        password: str = self.cleaned_data["new_password"]
        password_validation.validate_password(password, self.user)
        return password

    def clean_new_password_again(self) -> str:
        """The same once more. Raises `ValidationError`."""
        again: str = self.cleaned_data["new_password_again"]
        if again != self.data.get("new_password"):
            raise ValidationError(_("The two passwords are not the same."))
        return again


class ChangePassword(ChoosePassword):
    """The old password too. Whether it is right is for the page to ask."""

    old_password = password_field(_("Current password"))
    field_order = ["old_password", "new_password", "new_password_again"]


class Details(forms.ModelForm):
    """What people change themselves. Another address takes the password: mails with links go there."""

    own_password = password_field(
        _("Password"), required=False, help_text=_("Only needed to change the email address.")
    )

    class Meta:
        model = User
        fields = ("email", "phone", "language")
        field_classes = {"phone": PhoneField}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.fields["phone"].widget.attrs |= {"autocomplete": "tel", "inputmode": "tel"}

    def clean(self) -> dict[str, Any]:
        """The fields. Raises `ValidationError` where the password is missing."""
        fields = super().clean() or self.cleaned_data
        if self.changes_email and not fields.get("own_password"):
            self.add_error("own_password", _("Please type your password to change the email address."))
        return fields

    @property
    def changes_email(self) -> bool:
        """Whether another address was typed."""
        return "email" in self.changed_data


class Application(forms.ModelForm):
    """Who wants a card, and where an answer goes."""

    class Meta:
        model = CardApplication
        fields = ("name", "email", "language", "message")
        widgets: ClassVar[Any] = {"message": forms.Textarea({"rows": 4})}
        help_texts: ClassVar[Any] = {"message": _("If there is something that the library should know.")}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["email"].widget.attrs["autocomplete"] = "email"

    def clean_name(self) -> str:
        """The name in one line."""
        return " ".join(self.cleaned_data["name"].split())

    def validate_constraints(self) -> None:
        """Nothing: that there is one already is for the service to see, which reveals nothing."""


CHOICES = {"": None, "yes": True, "no": False}
"""How long the history of loans is kept, as the form says it and as `User.keep_history` has it."""


class HistoryKept(forms.Form):
    """How long what was brought back is kept in the own history."""

    keep_history = forms.ChoiceField(
        label=_("What you brought back"),
        required=False,
        widget=forms.RadioSelect,
        help_text=_("It holds at once, for what was brought back before too."),
        choices=lambda: [
            (
                "",
                ngettext(
                    "is kept for %(days)s day, as the library does",
                    "is kept for %(days)s days, as the library does",
                    settings.KEEP_LOANS_DAYS,
                )
                % {"days": settings.KEEP_LOANS_DAYS},
            ),
            ("yes", _("is kept until you say otherwise")),
            ("no", _("is nobody's once it is over: neither you nor the library can tell any more what you had read")),
        ],
    )
