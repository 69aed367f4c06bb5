"""Which way a notice goes: one way each."""

from collections.abc import Collection

from django.conf import settings

from notices.kinds import ALWAYS, BY_POST, Kind
from notices.models import Channel
from notices.people import Contact

NO_BACKEND = "django.core.mail.backends.dummy.EmailBackend"


def channel_for(person: Contact, kinds: Collection[Kind]) -> Channel | None:
    """As a message to who wants messages, else as a mail, as far as there are addresses. What is always sent goes any
    way there is, by post at last; the rest does not go out where nobody can be reached."""
    is_due = not ALWAYS.isdisjoint(kinds)
    by_message = bool(settings.NOTICES_GATEWAY_URL and person.phone)
    by_email = bool(settings.EMAIL_BACKEND != NO_BACKEND and person.email)
    if by_message and person.notices_by_message:
        return Channel.MESSAGE
    if by_email and (person.notices_by_email or is_due):
        return Channel.EMAIL
    if by_message and is_due:
        return Channel.MESSAGE
    return Channel.LETTER if not BY_POST.isdisjoint(kinds) else None
