"""Changing one's own password on the staff side: as at every other door, tokens end, and a mail says so."""

from functools import partial
from typing import Any

from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.hashing import hash_password
from accounts.models import User
from accounts.passwords.checking import TooManyWrong, WrongPassword, person_known_by
from accounts.passwords.services import change_password
from kernel.storage.retries import with_retries


class OwnPassword(AdminPasswordChangeForm):
    """Django's form. A wrong old password counts as one at signing in."""

    def __init__(self, user: User, *args: Any, request: HttpRequest, **options: Any) -> None:
        super().__init__(user, *args, **options)
        self._request = request

    def clean_old_password(self) -> str:
        """The old password, if it is right. Raises `ValidationError`."""
        old: str = self.cleaned_data["old_password"]
        try:
            person_known_by(self._request, card_number=self.user.card_number, password=old)
        except WrongPassword as error:
            raise ValidationError(self.error_messages["password_incorrect"], "password_incorrect") from error
        except TooManyWrong as error:
            raise ValidationError(_("Too many wrong passwords; please wait before you try again.")) from error
        return old

    def save(self, commit: bool = True) -> User:
        """Gives the person the password by the service."""
        hashed = hash_password(self.cleaned_data["new_password1"])
        change = partial(change_password, person_id=self.user.pk, password=hashed)
        self.user = with_retries(partial(change, now=timezone.now()))
        return self.user


class OwnPasswordPage(PasswordChangeView):
    """Django's page, with that form."""

    form_class = OwnPassword

    def get_form_kwargs(self) -> dict[str, Any]:
        """What the form needs."""
        return {**super().get_form_kwargs(), "request": self.request}
