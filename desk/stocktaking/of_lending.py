"""What lending does about the results of a stocktaking: marks, returns, and putting on the shelf."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Copy
from desk.stocktaking.acting import Doing, Row, Words, copy_of
from desk.stocktaking.said import names_of
from kernel.days.late_days import days_late
from kernel.refusals import Refused
from lending.deferral.desk import admit, take_back
from lending.marks.queries import copies_by_ids
from lending.marks.rules import Mark, may_be_marked
from lending.marks.services import mark_copy
from lending.models import Copy as LentCopy
from lending.returns.drop_box import shelve_copy
from lending.returns.services import loan_of_copy

Look = Callable[[Sequence[Row], Doing], Mapping[int, Words | Refused]]


def marking(mark: Mark, sentence: Words) -> Look:
    """Whether each copy can be marked so, as lending has it now."""

    def look(rows: Sequence[Row], doing: Doing) -> Mapping[int, Words | Refused]:
        known = copies_by_ids([row.copy.pk for row in rows if row.copy])
        return {row.key: _against(known.get(row.copy.pk if row.copy else 0), mark) or sentence for row in rows}

    return look


def _against(copy: Any, mark: Mark) -> Refused | None:
    if copy is None:
        return None  # lending has not heard of it yet, or it is withdrawn: the service says so
    refusal = may_be_marked(
        mark, copy.condition, is_out=copy.loan is not None, is_replaced=copy.replaced_by is not None
    )
    return refusal(barcode=copy.barcode, condition=copy.get_condition_display()) if refusal else None


def marked_as(mark: Mark) -> Callable[[Row, Doing], object]:
    """Marks a copy so, with the stocktaking as the reason."""

    def do(row: Row, doing: Doing) -> object:
        reason = _("stocktaking: %(name)s") % {"name": doing.one.name}
        return admit(partial(mark_copy, copy_of(row), mark=mark, reason=reason, now=doing.now))

    return do


def coming_back(rows: Sequence[Row], doing: Doing) -> Mapping[int, Words | Refused]:
    """Who has each, and how late it is."""
    known = copies_by_ids([row.copy.pk for row in rows if row.copy])
    holders = names_of(copy.patron for copy in known.values())
    day = doing.asked.get("returned_on") or timezone.localdate(doing.now)
    return {row.key: _as_it_is_out(known.get(row.copy.pk if row.copy else 0), holders, day) for row in rows}


def _as_it_is_out(copy: Any, holders: Mapping[int, Any], day: date) -> Words:
    if copy is None or copy.loan is None or copy.due_on is None:
        return _("It is not on loan any more.")
    holder = holders.get(copy.patron)
    facts = {"who": f"{holder.name} · {holder.card_number}" if holder else "–", "due_on": date_format(copy.due_on)}
    if late := max(0, days_late(copy.due_on, day)):
        sentence = ngettext(
            "%(who)s, due on %(due_on)s: %(days)s day late. A late fee follows the schedule.",
            "%(who)s, due on %(due_on)s: %(days)s days late. A late fee follows the schedule.",
            late,
        )
        return sentence % {**facts, "days": late}
    return _("%(who)s, due on %(due_on)s.") % facts


def return_copy(row: Row, doing: Doing) -> object:
    """Takes it back, whoever has it, as of the day that was asked for."""
    day = doing.asked.get("returned_on")
    return take_back(loan_of_copy(row.barcode), barcode=row.barcode, returned_on=day, now=doing.now)


def shelve(row: Row, doing: Doing) -> object:
    """Puts it on its shelf, out of the drop box or from repair."""
    copy = LentCopy.objects.get(pk=copy_of(row))
    if copy.place == LentCopy.Place.DROP_BOX:
        return admit(partial(shelve_copy, copy.pk, returned_on=doing.asked.get("returned_on"), now=doing.now))
    return marked_as(Mark.AVAILABLE)(row, doing)


def shelving(rows: Sequence[Row], doing: Doing) -> Mapping[int, Words | Refused]:
    """Whether each can be put on its shelf."""
    in_box = {row.key for row in rows if row.copy and row.copy.place == Copy.Place.DROP_BOX}
    sentence = _("It will be available on its shelf.")
    return {**marking(Mark.AVAILABLE, sentence)(rows, doing), **dict.fromkeys(in_box, sentence)}
