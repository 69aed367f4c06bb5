"""Erasing a person: lending decides, and everybody forgets who hears of it."""

import re
from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from kernel.eventbus.publishing.anonymising import anonymise_events
from kernel.eventbus.publishing.outbox import publish
from kernel.http.idempotency.rewriting import forget_answers_to, rewrite_answers
from kernel.observability.tracing import acting
from kernel.refusals import Refused, refusal_of
from lending.erasing.loans import Released, release, release_holds
from lending.erasing.restrictions import NOBODYS, NOBODYS_ACT, OF_PATRONS
from lending.events import LoansAnonymised, PatronErased
from lending.families.locks import lock_borrower, locking_borrower
from lending.families.services import leave_family
from lending.holds.services import cancel_hold
from lending.locks import lock_queues
from lending.models import OPEN as OPEN_HOLDS
from lending.models import Act, Block, Credit, Debt, Hold, ImportedFee, Loan, Patron
from lending.suspensions.services import next_restriction

BATCH = 10_000
OPEN = (Loan.Status.REQUESTED, Loan.Status.ACTIVE)


class StillOwes(Refused):
    code = "still_owes"
    sentence = _("%(owed)s are still owed: they have to be paid or waived first.")
    shown = ("owed",)
    amounts = ("owed",)


class StillHasCopies(Refused):
    code = "still_has_copies"
    sentence = ngettext_lazy(
        "%(loans)s loan is still open: everything must come back, and what was asked for be cancelled.",
        "%(loans)s loans are still open: everything must come back, and what was asked for be cancelled.",
        "loans",
    )
    shown = ("loans",)


class StillHasCredit(Refused):
    code = "still_has_credit"
    sentence = _("There is still a credit of %(credit)s: it has to be paid out first.")
    shown = ("credit",)
    amounts = ("credit",)


class StillOnStaff(Refused):
    code = "still_on_staff"
    sentence = _("This is a member of staff, or a program: take that away first.")


REFUSALS = (StillOwes, StillHasCopies, StillHasCredit, StillOnStaff)


def erase_patron(patron_id: int, *, reason: str, now: datetime) -> Patron:
    """Makes everything nobody's that a patron had here, and announces that the person is to be known no more. Who was
    erased before stays so.

    Raises `ObjectDoesNotExist` for nobody, and `StillOwes`, `StillHasCopies`, `StillHasCredit` or `StillOnStaff`.
    """
    with acting(reason=reason):
        return _erase(patron_id, now)


@locking_borrower
def _erase(patron_id: int, now: datetime) -> Patron:
    person = get_user_model().objects.get(pk=patron_id)
    lock_borrower(patron_id)
    patron = Patron.objects.get(pk=patron_id)
    if patron.erased_at:
        return patron

    if refusal := refusal_to_erase(person):
        raise refusal

    _cancel_holds(patron_id, now)
    if patron.family_id:
        leave_family(patron.family_id, patron_id, now=now)
    released = _release(patron_id)
    Block.objects.filter(patron=patron_id).update(**NOBODYS)
    Act.objects.filter(patron=patron_id).update(**NOBODYS_ACT)
    Debt.objects.filter(patron_id=patron_id).update(patron_id=None)
    Credit.objects.filter(pk=patron_id).delete()
    ImportedFee.objects.filter(patron_id=patron_id).delete()
    anonymise_events("lending", [f"patron:{patron_id}"], names=OF_PATRONS)
    _forget_answers(patron_id)
    next_restriction(patron_id)
    # Nothing is lent any more, also while the accounts have not heard of it.
    bars = {"suspended_since": None, "suspended_until": None, "blocked_until": date.max}
    Patron.objects.filter(pk=patron_id).update(erased_at=now, **bars)

    publish(PatronErased(occurred_at=now, patron=patron_id))
    for start in range(0, max(len(released.loans), len(released.holds)), BATCH):
        loans, holds = (tuple(ids[start : start + BATCH]) for ids in released)
        publish(LoansAnonymised(occurred_at=now, before=timezone.localdate(now), loans=loans, holds=holds))
    patron.refresh_from_db()
    return patron


def refusal_to_erase(person: Any) -> Refused | None:
    """Why somebody can't be erased now, with all reasons; None where nothing is against it."""
    owed = Debt.objects.filter(patron_id=person.pk, owed__gt=0).aggregate(sum=Sum("owed"))["sum"]
    still_open = Loan.objects.filter(patron=person.pk, status__in=OPEN).count()
    credit = Credit.objects.filter(pk=person.pk, credit__gt=0).values_list("credit", flat=True).first()
    against: list[Refused] = []
    if owed:
        against.append(StillOwes(owed=owed))
    if still_open:
        against.append(StillHasCopies(loans=still_open))
    if credit:
        against.append(StillHasCredit(credit=credit))
    if person.is_staff or person.is_superuser or person.is_program:
        against.append(StillOnStaff())
    return refusal_of(against)


def _cancel_holds(patron_id: int, now: datetime) -> None:
    waiting = dict(Hold.objects.filter(OPEN_HOLDS, patron=patron_id).order_by("pk").values_list("pk", "book"))
    if waiting:
        lock_queues(set(waiting.values()))
    for hold in waiting:
        cancel_hold(hold, now=now)


def _release(patron_id: int) -> Released:
    closed = Loan.objects.filter(patron=patron_id).exclude(status__in=OPEN).order_by("pk")
    loans, holds = [], list(Hold.objects.filter(patron=patron_id).order_by("pk").values_list("pk", flat=True))
    while batch := list(closed.values_list("pk", flat=True)[:BATCH]):
        loans += release(batch).loans
    release_holds(holds)
    return Released(loans, holds)


def _forget_answers(patron_id: int) -> None:
    forget_answers_to(patron_id, "lending")
    named = re.compile(rf'"patron":{patron_id}\b')
    rewrite_answers("lending", f'"patron":{patron_id}', lambda body: named.sub('"patron":null', body))
