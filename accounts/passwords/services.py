"""What people do with their own passwords."""

from datetime import datetime, timedelta

from axes.utils import reset
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken

from accounts.hashing import HashedPassword
from accounts.mail.links import is_good
from accounts.mail.outbox import queue_mail
from accounts.models import OutgoingMail, User
from kernel.labels.reading import CARD, searched
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in
from kernel.values.cards import LONGEST_CARD_NUMBER

PERIOD = timedelta(hours=1)
LINKS_OF_A_CARD = 3
LINKS_OF_AN_ADDRESS = 20
"""Within `PERIOD`. Behind one address is a whole reading room."""
AGAIN = timedelta(seconds=5)
"""Who asks twice within this time has clicked twice, and gets one mail."""


class AskedTooOften(Refused):
    code = "asked_too_often"
    sentence = _("This was asked for too often. Please wait an hour, or ask at the desk.")


class LinkUsed(Refused):
    code = "link_used"
    sentence = _("This link was used already, or is too old. Please ask for another one.")


def ask_for_link(*, card_number: str, address: str, now: datetime) -> None:
    """Has a mail sent to the holder of a card, with a link to choose a password.

    Whether anybody has that card, and an email address, makes no difference here: the worker finds out. Raises
    `AskedTooOften`, for cards that nobody has too.
    """
    card_number = searched(card_number, CARD).upper()[:LONGEST_CARD_NUMBER]
    asked = OutgoingMail.objects.filter(kind=OutgoingMail.Kind.LINK, asked_at__gt=now - PERIOD)
    of_card, of_address = asked.filter(card_number=card_number), asked.filter(address=address).exclude(address="")

    if of_card.filter(address=address, asked_at__gt=now - AGAIN).exists():
        return
    if of_card.count() >= LINKS_OF_A_CARD or of_address.count() >= LINKS_OF_AN_ADDRESS:
        raise AskedTooOften

    queue_mail(kind=OutgoingMail.Kind.LINK, card_number=card_number, address=address, now=now)


def change_password(*, person_id: int, password: HashedPassword, now: datetime, kept_token: str = "") -> User:
    """Gives a person another password. All tokens end but the one of that digest, and so do the browsers' sessions.

    That the old one was right is for the caller to ask.
    """
    with atomic_in("accounts"):
        person = User.objects.select_for_update().get(pk=person_id)
        return set_password(person, password, now=now, kept_token=kept_token)


def choose_password(*, person_id: int, token: str, password: HashedPassword, now: datetime) -> User:
    """Gives a person the password that was chosen by a link. All tokens and sessions end, and wrong passwords of before
    do not lock the card any more. Raises `LinkUsed`, and `User.DoesNotExist`."""
    with atomic_in("accounts"):
        person = User.objects.select_for_update().get(pk=person_id)

        if not is_good(person, token):
            raise LinkUsed

        set_password(person, password, now=now)
        reset(username=person.card_number.upper())
        return person


def set_password(person: User, password: HashedPassword, *, now: datetime, kept_token: str = "") -> User:
    """Gives a locked person another password, in the caller's transaction; ends the tokens and the sessions, and has a
    mail say so."""
    person.password = password
    person.save(update_fields=["password"])
    AuthToken.objects.filter(user=person).exclude(digest=kept_token).delete()

    queue_mail(kind=OutgoingMail.Kind.PASSWORD_CHANGED, card_number=person.card_number, now=now)
    return person
