"""Renewals as 0.4.0 kept and undid them: by the due date that they led to, which two of a loan may have."""

from collections.abc import Collection
from datetime import date

from reporting.models import RenewalFact


def forget_by_due_date(renewals: Collection[tuple[int, int, date | None]]) -> None:
    """Drops what was kept of these by their due dates, since it is kept by the versions that they made of their loans:
    each with its loan, its version and its due date."""
    keys = {f"{loan}:{due_on}": version for loan, version, due_on in renewals}
    kept = RenewalFact.objects.filter(pk__in=keys).values_list("pk", "version") if keys else ()
    if same := [key for key, version in kept if keys[key] == version]:
        RenewalFact.objects.filter(pk__in=same).delete()


def undo_newest(loan: int, version: int) -> None:
    """Counts the newest renewal of a loan no more, as of the version that undoing it made, once."""
    made = RenewalFact.objects.filter(loan_id=loan)
    if made.filter(version=version).exists():
        return
    newest = made.filter(version__lt=version, copies__gt=0).order_by("-version").values_list("pk", flat=True).first()
    RenewalFact.objects.filter(pk=newest).update(copies=0, version=version)
