"""What can't be undone any more, and how that is found out."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kernel.refusals import Refused
from lending.models import Act, DueDateAct, Loan, Return
from lending.policies.refusals import WHO_HAS_IT
from lending.stock.shelf import loan_that_has


class NotUndoable(Refused):
    code = "not_undoable"
    sentence = _("This can't be undone: %(why)s.")


class CopyWentOn(NotUndoable):
    shown = ("loan",)
    behind = WHO_HAS_IT


NOT_NEWEST = _("something else was done to the loan since")
MOVED = _("the copy went on since")
NOTHING = _("there is nothing to undo")
NOBODYS = _("it is not known any more whose loan it was")
"""Why not."""


def refuse_if_changed_since(loan: Loan, version: int) -> None:
    """Raises `NotUndoable` where something was done to the loan after it had that version, and was not undone.

    That it fell overdue, or that a closure moved its due date, is nothing that somebody did to it.
    """
    for acts in (Return.objects, DueDateAct.objects):
        if acts.filter(loan=loan, voided_at=None, version__gt=version).exists():
            raise NotUndoable(why=NOT_NEWEST)


def refuse_if_marked_since(loan: Loan, moment: datetime | None = None) -> None:
    """Raises `NotUndoable` where a copy of the loan was marked after that moment, or ever, as lost for instance."""
    since = {"at__gt": moment} if moment else {}
    if Act.objects.filter(loan=loan, copy__isnull=False, **since).exists():
        raise NotUndoable(why=NOT_NEWEST)


def went_on(copy_id: int) -> NotUndoable:
    """The refusal for a copy that went on since it came back, with the loan that has it now, if there is one."""
    return CopyWentOn(why=MOVED, loan=loan_that_has(copy_id))
