"""Links in mails, as people find and use them."""

import re
from typing import Any

from django.core import mail

from accounts.mail.tasks import send_mails
from tests.opac.visitor import Visitor

LINK = re.compile(r"http://127\.0\.0\.1:8000(/password/reset/\S+)")


def asked(visitor: Visitor, card_number: str, **options: Any) -> Any:
    """The answer to asking for a link."""
    return visitor.post("/password/forgotten", {"card_number": card_number}, follow=True, **options)


def sent() -> list[str]:
    """The links in the mails that are sent now."""
    before = len(mail.outbox)
    send_mails()
    return [found[1] for letter in mail.outbox[before:] if (found := LINK.search(letter.body))]


def chosen(visitor: Visitor, link: str, password: str, again: str | None = None) -> Any:
    """The answer to choosing a password by a link."""
    form = visitor.get(link, follow=True)
    page = form.redirect_chain[-1][0] if form.redirect_chain else link
    fields = {"new_password": password, "new_password_again": password if again is None else again}
    return visitor.post(page, fields, follow=True)
