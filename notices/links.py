"""Links in mails that unsubscribe from a kind of notice: signed, without an end, and nothing of them is stored."""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

SIGNER = Signer(salt="notices.links")


def link_to_unsubscribe(patron_id: int, kind: str) -> str:
    """The address of the page; empty where nobody knows by which address people reach the library."""
    if not settings.SITE_URL:
        return ""
    token = SIGNER.sign_object([patron_id, kind])
    return str(settings.SITE_URL) + reverse(settings.UNSUBSCRIBE_PAGE, args=[token])


def read_link(token: str) -> tuple[int, str] | None:
    """Whose link it is and of which kind; None for one that was not made here."""
    try:
        patron_id, kind = SIGNER.unsign_object(token)
    except (BadSignature, ValueError):
        return None
    return int(patron_id), str(kind)
