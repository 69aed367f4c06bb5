"""Undoing an act of the sitting."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext_lazy

from desk.models import Act
from kernel.refusals import Refused
from kernel.staff.refusals import ChangedMeanwhile
from lending.deferral.desk import admit
from lending.undo.services import undo_loan, undo_renewal, undo_return

REASON = gettext_lazy("undone at the desk")


def undo(act: Act, *, now: datetime) -> Refused | None:
    """Takes back what the act did, and notes when; why it can't be, where it can't. An act that was undone before stays
    so. Raises what `OVERLOAD` lists."""
    if not act.is_undoable:
        return None
    try:
        admit(partial(_service(act), reason=str(REASON), now=now))
    except (Refused, ObjectDoesNotExist) as no:
        return no if isinstance(no, Refused) else ChangedMeanwhile()
    act.voided_at = now
    act.save(update_fields=["voided_at"])
    return None


def _service(act: Act) -> Callable[..., Any]:
    if act.kind == Act.Kind.BACK:
        return partial(undo_return, act.return_id or 0)
    return partial(undo_loan if act.kind == Act.Kind.LENT else undo_renewal, act.loan or 0)
