"""Closing a till by a count."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from fines.models import TillCount
from fines.queries import till_since_count
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in


class TillUnchanged(Refused):
    code = "till_unchanged"
    sentence = _("Nothing went through this till since it was counted.")


@atomic_in("fines")
def close_till(*, cashier_id: int, counted: int, note: str, now: datetime) -> TillCount:
    """Closes a cashier's till: keeps the cash that was counted beside what the movements since the count before come
    to. A movement belongs to one count. Raises `TillUnchanged`."""
    moved = list(till_since_count(cashier_id).order_by("pk"))
    if not moved:
        raise TillUnchanged

    return TillCount.objects.create(
        cashier_id=cashier_id,
        closed_at=now,
        first=moved[0].pk,
        last=moved[-1].pk,
        expected=-sum(entry.amount for entry in moved if entry.method == "cash"),
        counted=counted,
        note=note,
    )
