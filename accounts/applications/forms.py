"""What the desk types to give somebody a card."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from accounts.forms import without_password
from accounts.models import CARD_NUMBER, CardApplication, User
from kernel.staff.fields import CardNumberField


class Confirmation(forms.Form):
    """The number of the new card, and a password if the person is here to type one."""

    card_number = CardNumberField(
        label=_("card number"),
        max_length=32,
        validators=[CARD_NUMBER],
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    new_password = forms.CharField(
        label=_("password"),
        required=False,
        strip=False,
        max_length=128,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, application: CardApplication, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._application = application
        self.fields["new_password"].help_text = without_password()

    def clean_new_password(self) -> str:
        """The password, if it is a good one."""
        password: str = self.cleaned_data["new_password"]
        if password:
            person = User(name=self._application.name, email=self._application.email)
            password_validation.validate_password(password, person)
        return password
