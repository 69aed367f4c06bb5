"""What a person does on the site: each form once, with its outcome shown on the page that it leads to."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import router
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from kernel.http.idempotency.forms import Note, Outcome, SentForm, SentMeanwhileError, key_of
from kernel.observability.metrics import REFUSALS
from kernel.refusals import Refused
from lending.models import Loan

Keep = Callable[[Outcome], None]
Refusing = Callable[[Refused], Outcome]


def done_once(
    request: HttpRequest, form: str, act: Callable[[Keep], object], *, refused: Refusing | None = None
) -> HttpResponse:
    """Does what a form asks of lending, and leads to where its outcome is shown; a form that was sent before leads to
    the first outcome again.

    `act` calls the function that it is given in the transaction of its effect. A refusal is an outcome too: as
    `refused` says, else its sentence on the same page. What is not there, or not this person's, answers 404; what
    `OVERLOAD` lists is raised, and may be sent again.
    """
    user: Any = request.user
    sent = SentForm(name=form, caller_id=user.pk, key=key_of(request), database=router.db_for_write(Loan))
    outcome = sent.outcome()
    if outcome is None:
        with suppress(SentMeanwhileError):
            _do(act, sent.keep, refused or (lambda refusal: said(messages.ERROR, str(refusal), request.path)))
        outcome = sent.outcome()
    return _led_to(request, outcome or Outcome(address=request.path))


def said(level: int, sentence: str, address: str, about: str = "") -> Outcome:
    """An outcome of one sentence."""
    return Outcome(address=address, notes=(Note(level=level, sentence=sentence, about=about),))


def with_volume(address: str, sent: Mapping[str, str]) -> str:
    """The address of a page on which a volume was chosen."""
    return f"{address}?{urlencode({'volume': volume})}" if (volume := sent.get("volume")) else address


def _do(act: Callable[[Keep], object], keep: Keep, refused: Refusing) -> None:
    try:
        act(keep)
    except Refused as refusal:
        REFUSALS.labels(refusal.code).inc()
        keep(refused(refusal))
    except ObjectDoesNotExist as error:
        raise Http404 from error


def _led_to(request: HttpRequest, outcome: Outcome) -> HttpResponse:
    for note in outcome.notes:
        messages.add_message(request, note.level, note.sentence, extra_tags=note.about)
    return HttpResponseRedirect(outcome.address)
