"""Forms of the site."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.forms import SignInForm


class SignIn(SignInForm):
    """A card number and a password. Programs, which have no password, stay outside as everybody who is not active."""

    error_messages = {"invalid_login": _("The card number or the password is wrong.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Card number")
        self.fields["username"].widget.attrs |= {"autocapitalize": "characters", "spellcheck": "false"}
