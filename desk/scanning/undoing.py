"""Undoing an act of the sitting."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.urls import reverse
from django.utils.translation import gettext_lazy

from desk.models import Act
from desk.scanning.acts import Scan, refused, sent
from kernel.http.idempotency.forms import Note, Outcome, SentMeanwhileError
from kernel.refusals import Refused
from kernel.staff.refusals import ChangedMeanwhile
from lending.deferral.desk import admit
from lending.undo.services import undo_loan, undo_renewal, undo_return

REASON = gettext_lazy("undone at the desk")


def undo(act: Act, scan: Scan) -> Act:
    """Takes back what the act did, notes when, and gives the act; else an act that says why it can't be.

    An act that was undone before stays so. Which one was undone is kept under the key of the scan in the transaction
    that did it, so a scan that is sent again undoes nothing more. Raises what `OVERLOAD` lists.
    """
    if not act.is_undoable:
        return act
    note = Note(level=messages.INFO, sentence=act.said, about=str(act.pk))
    outcome = Outcome(address=reverse("admin:desk"), notes=(note,))
    try:
        admit(partial(_service(act), reason=str(REASON), now=scan.now), lambda made: sent(scan).keep(outcome))
    except (Refused, ObjectDoesNotExist, SentMeanwhileError) as no:
        why = no if isinstance(no, Refused) else ChangedMeanwhile()
        return voided_before(scan) or refused(scan, why)
    return _voided(act, scan.now)


def voided_before(scan: Scan) -> Act | None:
    """The act that this scan has undone, if it was sent before and its answer was lost."""
    outcome = sent(scan).outcome()
    act = Act.objects.filter(pk=int(outcome.notes[0].about)).first() if outcome else None
    return act and _voided(act, scan.now)


def _voided(act: Act, at: datetime) -> Act:
    if act.voided_at is None:
        act.voided_at = at
        act.save(update_fields=["voided_at"])
    return act


def _service(act: Act) -> Callable[..., Any]:
    if act.kind == Act.Kind.BACK:
        return partial(undo_return, act.return_id or 0)
    return partial(undo_loan if act.kind == Act.Kind.LENT else undo_renewal, act.loan or 0)
