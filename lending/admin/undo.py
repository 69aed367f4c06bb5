"""Undoing on the staff side: a page asks why, and each loan says what became of it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.staff.admins import ReadOnlyAdmin
from kernel.staff.forms import ReasonForm
from lending.deferral.desk import admit
from lending.models import Loan
from lending.undo.refusals import NOTHING, NotUndoable
from lending.undo.services import undo_loan, undo_renewal, undo_return

Words = str | Promise


def ask_and_undo(
    admin: ReadOnlyAdmin, request: HttpRequest, chosen: QuerySet[Any], *, action: str, title: Words, sentence: Words
) -> HttpResponse | None:
    """The page that asks for the reason, or what was chosen undone: `action` is a key of `UNDO`."""
    form = ReasonForm(request.POST if "confirmed" in request.POST else None)
    if not form.is_valid():
        return admin.confirmation(request, chosen, action=action, title=title, sentence=sentence, form=form)
    undo = partial(UNDO[action], reason=form.cleaned_data["reason"], now=timezone.now())
    admin.for_each(request, chosen, lambda loan: admit(partial(undo, loan.pk)), _("Undone: %(count)s."))
    return None


def undo_last_return(loan_id: int, *, reason: str, now: Any) -> Loan:
    """Undoes the loan's last return. Raises `NotUndoable`."""
    last = Loan.objects.get(pk=loan_id).returns.filter(voided_at=None).order_by("-pk").first()
    if last is None:
        raise NotUndoable(why=NOTHING)
    return undo_return(last.pk, reason=reason, now=now)


UNDO: dict[str, Callable[..., Loan]] = {
    "undo_return": undo_last_return,
    "undo_renewal": undo_renewal,
    "undo_loan": undo_loan,
}
