"""What goes through a till, closing it by a count, and reopening it."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fines.models import Count, Entry, Till
from fines.till.queries import cash_of
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in


class TillClosed(Refused):
    code = "till_closed"
    sentence = _("The till of %(day)s was counted and is closed. An administrator can reopen it.")


class TillOpen(Refused):
    code = "till_open"
    sentence = _("This till is open.")


class DifferenceUnexplained(Refused):
    code = "difference_unexplained"
    sentence = _("%(expected)s are expected and %(counted)s were counted: write a note about the difference.")
    amounts = ("expected", "counted")


def through_till(*, by_id: int, now: datetime, **facts: Any) -> Entry:
    """Writes a movement of money that somebody takes or gives out, on that person's till of the day. Needs a
    transaction. Raises `TillClosed`."""
    Till.objects.get_or_create(cashier_id=by_id, day=timezone.localdate(now))
    till = Till.objects.select_for_update().get(cashier_id=by_id, day=timezone.localdate(now))
    _refuse_closed(till)
    return Entry.objects.create(till=till, by_id=by_id, at=now, **facts)


@atomic_in("fines")
def close_till(till_id: int, *, counted: int, note: str, by_id: int, now: datetime) -> Count:
    """Closes a till by the cash that was counted, without what was in it for change. It takes nothing more.

    Raises `Till.DoesNotExist`, `TillClosed`, and `DifferenceUnexplained` for a difference without a note.
    """
    till = Till.objects.select_for_update().get(pk=till_id)
    _refuse_closed(till)
    expected = cash_of(till_id)
    if counted != expected and not note:
        raise DifferenceUnexplained(expected=expected, counted=counted)

    return Count.objects.create(till=till, expected=expected, counted=counted, note=note, at=now, by_id=by_id)


@atomic_in("fines")
def reopen_till(till_id: int, *, reason: str, by_id: int, now: datetime) -> None:
    """Reopens a till that was closed: the count stays on record and no longer stands. Raises `Till.DoesNotExist` and
    `TillOpen`."""
    till = Till.objects.select_for_update().get(pk=till_id)
    count = Count.objects.filter(till=till, reopened_at=None).first()
    if count is None:
        raise TillOpen

    count.reopened_at, count.reopened_by_id, count.reopened_for = now, by_id, reason
    count.save()


def _refuse_closed(till: Till) -> None:
    if Count.objects.filter(till=till, reopened_at=None).exists():
        raise TillClosed(day=till.day)
