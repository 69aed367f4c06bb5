"""What the mails say, in the language of who reads them."""

from dataclasses import dataclass
from email.headerregistry import Address

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.mail.links import page_of_link
from accounts.models import OutgoingMail, User


@dataclass(frozen=True)
class Letter:
    """A subject and paragraphs."""

    subject: str
    paragraphs: list[str]


def mail_to(person: User, mail: OutgoingMail) -> EmailMessage:
    """The mail to the holder of a card, with a new link where it is about one."""
    name = " ".join(person.name.split())
    with override(person.language):
        letter = LETTERS[OutgoingMail.Kind(mail.kind)](person)
        greeting = _("Dear %(name)s,") % {"name": name}
    return EmailMessage(
        letter.subject,
        "\n\n".join([greeting, *letter.paragraphs]) + "\n",
        to=[str(Address(name, addr_spec=mail.sent_to or person.email))],
        headers={"Auto-Submitted": "auto-generated"},
    )


def _with_a_link(person: User) -> Letter:
    facts = {"card": person.card_number}
    opening = (
        _("Somebody, probably you, has asked for a new password for the library card %(card)s.")
        if person.has_usable_password()
        else _("You have a library card now. Its number is %(card)s.")
    )
    return Letter(
        _("Choose a password for your library card"),
        [
            opening % facts,
            _("On this page you choose a password. It can be used once, within an hour:"),
            settings.SITE_URL + page_of_link(person),
            _("If you did not ask for this, nothing needs to be done: without this link, nothing changes."),
        ],
    )


def _of_a_new_password(person: User) -> Letter:
    return Letter(
        _("The password of your library card was changed"),
        [
            _("The library card %(card)s has a new password. Other devices have been signed out.")
            % {"card": person.card_number},
            _("If it was not you, choose another one at once on this page, or tell the library:"),
            settings.SITE_URL + reverse(settings.PASSWORD_FORGOTTEN_PAGE),
        ],
    )


def _of_a_new_address(person: User) -> Letter:
    return Letter(
        _("The email address of your library card was changed"),
        [
            _("Mails about the library card %(card)s go to another address from now on.")
            % {"card": person.card_number},
            _("If it was not you, please tell the library at once."),
        ],
    )


LETTERS = {
    OutgoingMail.Kind.LINK: _with_a_link,
    OutgoingMail.Kind.PASSWORD_CHANGED: _of_a_new_password,
    OutgoingMail.Kind.EMAIL_CHANGED: _of_a_new_address,
}
