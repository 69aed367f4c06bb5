"""Links to the page where the holder of a card chooses a password.

Django makes them: signed, for an hour, of the password and the address that the card has. So a link ends with its use,
with another password, with another address and with the next sign-in, and nothing of it is stored.
"""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import User


def page_of_link(person: User) -> str:
    """The path of the page, with a new link's secret."""
    secret = {
        "uidb64": urlsafe_base64_encode(force_bytes(person.pk)),
        "token": default_token_generator.make_token(person),
    }
    return reverse(settings.PASSWORD_RESET_PAGE, kwargs=secret)


def is_good(person: User, token: str) -> bool:
    """Whether the link's secret is that of this person, unused and not too old."""
    return person.is_active and not person.is_program and default_token_generator.check_token(person, token)
