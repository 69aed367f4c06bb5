"""Buying off the rest of a suspension."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fines.events import PaymentTaken, SuspensionBoughtOff
from fines.models import Entry, Fine, KnownSuspension
from fines.queries import credit_of
from fines.schedules.table import deciding
from fines.sentences import buy_off_in_words
from fines.services.accounts import account_facts, lock_account_of_somebody
from fines.services.charges import charge
from fines.till.services import through_till
from kernel.eventbus.publishing.outbox import publish
from kernel.money import money
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in
from kernel.values.currencies import MOST_MONEY


class NothingToBuyOff(Refused):
    code = "nothing_to_buy_off"
    sentence = _("There is no suspension that could be bought off.")


@dataclass(frozen=True, kw_only=True)
class Rest:
    """The days that are left of a suspension, today among them where it has begun, and what they cost; `restriction` is
    its number."""

    days: int
    until: date
    rate: int
    restriction: int
    valid_from: date | None

    @property
    def amount(self) -> int:
        """What the whole rest costs; no fine is larger than an amount can be."""
        return min(self.days * self.rate, MOST_MONEY)


def rest_of_suspension(patron_id: int, category: str, today: date) -> Rest | None:
    """What can be bought off by the schedule for that category of patrons; None where nothing can."""
    known = KnownSuspension.objects.filter(pk=patron_id, until__gte=today).first()
    if known is None or known.until is None or known.restriction <= known.bought_off:
        return None
    decision = deciding(category, "", today)
    if not decision.fees.buy_off_rate:
        return None
    return Rest(
        days=(known.until - max(today, known.since or today)).days + 1,
        until=known.until,
        rate=decision.fees.buy_off_rate,
        restriction=known.restriction,
        valid_from=decision.valid_from,
    )


@atomic_in("fines")
def buy_off_suspension(
    patron_id: int, *, category: str, by_id: int, now: datetime, method: str = Entry.Method.CASH
) -> tuple[Fine, int]:
    """Charges the days that are left of a suspension, today among them where it has begun, by the schedule for that
    category of patrons, and takes the payment; lending ends it when it hears. Returns what was charged, and the days.

    What a patron owes otherwise stays owed; credit is used first. Raises `NothingToBuyOff`, `TillClosed`,
    and `Account.DoesNotExist` for who was erased.
    """
    account = lock_account_of_somebody(patron_id)
    rest = rest_of_suspension(patron_id, category, timezone.localdate(now))
    if rest is None:
        raise NothingToBuyOff

    KnownSuspension.objects.filter(pk=patron_id).update(bought_off=rest.restriction)
    to_pay = max(0, rest.amount - credit_of(patron_id))
    words = buy_off_in_words(rest.days, rest.until, rest.rate, rest.amount, rest.valid_from, money)
    about = {"kind": Fine.Kind.BUY_OFF, "category": category, "title": "", "days_late": 0}
    payment = None
    if to_pay:
        payment = through_till(
            patron_id=patron_id, kind=Entry.Kind.PAYMENT, amount=-to_pay, method=method, by_id=by_id, now=now
        )
    fine = charge(account, rest.amount, words, about, now, paid_by=payment)

    if payment:
        publish(PaymentTaken(**account_facts(payment, account, now)))
    facts: dict[str, Any] = {"patron": patron_id, "fine": fine.pk, "days": rest.days, "until": rest.until}
    publish(SuspensionBoughtOff(occurred_at=now, **facts, restriction=rest.restriction))
    return fine, rest.days
