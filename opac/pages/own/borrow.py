"""Borrowing a book."""

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kernel.http.idempotency.forms import Outcome
from kernel.refusals import Refused
from lending.checkout.preview import preview_of
from lending.deferral.desk import lend
from lending.models import Book, Loan
from opac.own.acts import Keep, done_once, said, with_volume
from opac.site import patrons_page, shown


@patrons_page
@require_http_methods(["GET", "HEAD", "POST"])
def borrow(request: HttpRequest, pk: int) -> HttpResponse:
    """What a borrow would come to, and the borrow."""
    user: Any = request.user
    now, volume = timezone.now(), (request.POST or request.GET).get("volume", "")
    if request.method == "POST":
        act = partial(_lend, user.pk, pk, volume, now)
        return done_once(request, "opac.borrow", act, refused=partial(_refused, request))
    try:
        preview = preview_of(pk, patron_id=user.pk, now=now, volume=volume)
    except Book.DoesNotExist as error:
        raise Http404 from error
    return shown(request, "borrow.html", {"preview": preview})


def _lend(patron_id: int, book_id: int, volume: str, now: datetime, keep: Keep) -> None:
    lend(patron_id=patron_id, book_id=book_id, volume=volume, now=now, keep=lambda loan: keep(_outcome(loan)))


def _outcome(loan: Loan) -> Outcome:
    address = reverse("opac:loan", args=[loan.pk])
    if loan.due_on is None:
        return Outcome(address=address)  # the page itself says that one waits
    sentence = _("You have borrowed “%(title)s”. It is due on %(due_on)s.")
    return said(messages.SUCCESS, sentence % {"title": loan.title, "due_on": date_format(loan.due_on)}, address)


def _refused(request: HttpRequest, refusal: Refused) -> Outcome:
    """Back to the page, which says what stands against it now and what can be done."""
    sentence = _("This was not borrowed. %(why)s") % {"why": refusal}
    return said(messages.ERROR, sentence, with_volume(request.path, request.POST))
