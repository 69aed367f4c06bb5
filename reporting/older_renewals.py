"""Renewals as 0.4.0 kept and undid them: by the due date that they led to, which two of a loan may have."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from reporting.models import RenewalFact

BY_DUE_DATE = Q(key__contains="-")
"""Which 0.4.0 kept."""


def forget_by_due_date(renewals: Collection[tuple[int, int, date | None]]) -> None:
    """Drops what was kept of these by their due dates, since it is kept by the versions that they made of their loans:
    each with its loan, its version and its due date."""
    versions = {(f"{loan}:{due_on}", version) for loan, version, due_on in renewals}
    kept = RenewalFact.objects.filter(pk__in={key for key, _version in versions}).values_list("pk", "version")
    if same := [key for key, version in kept if (key, version) in versions]:
        RenewalFact.objects.filter(pk__in=same).delete()


def undo_newest(loan: int, version: int) -> None:
    """Counts the newest renewal of a loan no more, as of the version that undoing it made, once.

    Where 0.4.0 did that already and the renewal was heard of again since, it is kept a second time, by its version.
    """
    made = RenewalFact.objects.filter(loan_id=loan)
    taken_back = made.filter(version=version)
    if taken_back.exclude(BY_DUE_DATE).exists():
        return
    counted = made.filter(version__lt=version, copies__gt=0)
    if taken_back.exists():
        counted = counted.exclude(BY_DUE_DATE)
    newest = counted.order_by("-version").values_list("pk", flat=True).first()
    if newest:
        taken_back.delete()
        RenewalFact.objects.filter(pk=newest).update(copies=0, version=version)
