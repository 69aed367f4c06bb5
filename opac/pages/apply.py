"""Applying for a card, where the library allows it."""

from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from accounts.applications.services import AppliedTooOften, apply_for_card
from kernel.http.client_address import address_of
from kernel.storage.retries import with_retries
from opac.card_forms import Application
from opac.library_page import library_page
from opac.site import page, shown

SENT = "applied"
"""A cookie: what comes next is said to who has applied, and not to who has the address from somebody else."""


@page
def apply(request: HttpRequest) -> HttpResponse:
    """The form, or, after it was sent, what comes next; where applications are not taken, who gives cards instead."""
    is_open, status = library_page().card_applications, 200
    form = Application(
        request.POST if request.method == "POST" and is_open else None,
        initial={"language": "ko" if (get_language() or "").startswith("ko") else "en"},
    )
    if form.is_valid():
        send = partial(apply_for_card, **form.cleaned_data, address=address_of(request) or "")
        try:
            with_retries(partial(send, now=timezone.now()))
        except AppliedTooOften as refusal:
            form.add_error(None, str(refusal))
            status = 429
        else:
            return _sent()
    is_sent = request.method == "GET" and "sent" in request.GET and SENT in request.COOKIES
    return shown(request, "apply.html", {"form": form, "is_open": is_open, "is_sent": is_sent}, status=status)


def _sent() -> HttpResponse:
    path = reverse("opac:apply")
    answer = HttpResponseRedirect(f"{path}?sent=1")
    answer.set_cookie(SENT, "1", path=path, secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax")
    return answer
