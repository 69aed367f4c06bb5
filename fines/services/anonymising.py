"""Settled fines that are nobody's any more.

A fine goes with the payments that settled it, and with the other fines that these settled, all at once: so an account
stays the sum of its entries, whatever was taken off it.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, time
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from fines.events import FinesAnonymised, FineWaived, MoneyAnonymised
from fines.models import Account, Entry, Fine, KnownSuspension, Settlement
from fines.queries import credit_of, fines
from fines.services.accounts import announce, lock_account
from kernel.eventbus.publishing.anonymising import anonymise_events
from kernel.eventbus.publishing.outbox import publish
from kernel.http.idempotency.rewriting import forget_answers_to, rewrite_answers
from kernel.storage.databases import atomic_in

Node = tuple[str, int]


class Money(NamedTuple):
    """Fines and entries of one account that belong together and come to nothing."""

    fines: tuple[int, ...]
    entries: tuple[int, ...]


@atomic_in("fines")
def release_fines(loans: Collection[int], *, before: date, now: datetime, imported: Collection[int] = ()) -> None:
    """Makes nobody's the settled fines of loans, and of fees that came along, which are nobody's any more, and what was
    charged for no loan before a day. Those that are not settled, or were paid with others that are not to go yet, go
    with the last of them."""
    of_loans = Fine.objects.filter(Q(loan_id__in=loans) | Q(imported_id__in=imported)).exclude(patron=None)
    patrons = sorted(set(of_loans.values_list("patron", flat=True)))
    of_loans.update(is_released=True)
    midnight = timezone.make_aware(datetime.combine(before, time.min))
    others = Fine.objects.filter(patron__in=patrons, loan_id=None, imported_id=None, charged_at__lt=midnight)
    others.update(is_released=True)

    released = [fine for patron in patrons if patron for fine in _release_from(patron, now)]
    if released:
        publish(FinesAnonymised(occurred_at=now, first=min(released), fines=tuple(sorted(released))))


@atomic_in("fines")
def erase_payer(patron_id: int, *, now: datetime) -> None:
    """Makes a whole account nobody's. What was charged meanwhile falls to nobody, and from now on nothing is."""
    account = lock_account(patron_id)
    if account.is_erased:
        return
    for fine in fines().filter(patron=patron_id, owed__gt=0):
        Entry.objects.create(patron_id=patron_id, fine_id=fine.pk, kind=Entry.Kind.WAIVER, amount=-fine.owed, at=now)
        announce(FineWaived, fine.pk, account, now, reason="")
    own = tuple(Fine.objects.filter(patron=patron_id).order_by("pk").values_list("pk", flat=True))
    entries = tuple(Entry.objects.filter(patron=patron_id).values_list("pk", flat=True))

    _make_nobodys(patron_id, Money(own, entries))
    anonymise_events("fines", [f"patron:{patron_id}"], names=ABOUT_MONEY)
    forget_answers_to(patron_id, "fines")
    KnownSuspension.objects.filter(pk=patron_id).delete()
    Account.objects.filter(pk=patron_id).update(is_erased=True)

    if own:
        publish(FinesAnonymised(occurred_at=now, first=own[0], fines=own))


ABOUT_MONEY = ("PaymentTaken", "PaymentReversed", "CreditPaidOut", "SuspensionBoughtOff", "MoneyAnonymised")


def _release_from(patron_id: int, now: datetime) -> list[int]:
    """The fines that were taken off an account."""
    account = lock_account(patron_id)
    found = [money for money in settled_money(patron_id) if money.fines]
    released = set(Fine.objects.filter(patron=patron_id, is_released=True).values_list("pk", flat=True))
    going = [money for money in found if released.issuperset(money.fines)]
    if not going:
        return []
    whole = Money(*(tuple(pk for part in parts for pk in part) for parts in zip(*going, strict=True)))

    _make_nobodys(patron_id, whole)
    own = [f"patron:{patron_id}"]
    anonymise_events("fines", own, names=("MoneyAnonymised",))

    credit = credit_of(patron_id)
    publish(MoneyAnonymised(occurred_at=now, patron=patron_id, credit=credit, account_version=account.version))
    return list(whole.fines)


def _make_nobodys(patron_id: int, money: Money) -> None:
    own = [f"patron:{patron_id}"]
    anonymise_events("fines", [f"fine:{fine}" for fine in money.fines])
    anonymise_events("fines", own, about={"entry": money.entries})
    anonymise_events("fines", own, names=("SuspensionBoughtOff",), about={"fine": money.fines})
    Fine.objects.filter(pk__in=money.fines).update(patron=None, is_released=True)
    Entry.objects.filter(pk__in=money.entries).update(patron=None, reason="")
    named = re.compile(rf'"id":(\d+),"patron":{patron_id}(?=,"kind")')
    ids = {*money.fines, *money.entries}

    def without_patron(found: re.Match[str]) -> str:
        return f'"id":{found[1]},"patron":null' if int(found[1]) in ids else found[0]

    rewrite_answers("fines", f'"patron":{patron_id}', lambda body: named.sub(without_patron, body))


def settled_money(patron_id: int) -> Iterator[Money]:
    """What of an account belongs together and comes to nothing: fines, what was paid on them, and what else that paid.
    Money that was paid out belongs to every payment of which something was left."""
    entries = list(Entry.objects.filter(patron=patron_id).order_by("pk"))
    settled = list(Settlement.objects.filter(payment__patron=patron_id).values_list("fine", "payment", "amount"))
    pairs: list[tuple[Node, Node]] = [(("entry", one.pk), ("fine", one.fine_id)) for one in entries if one.fine_id]
    pairs += [(("entry", one.pk), ("entry", one.reverses_id)) for one in entries if one.reverses_id]
    pairs += [(("fine", fine), ("entry", payment)) for fine, payment, _amount in settled]
    used: dict[int, int] = defaultdict(int)
    for _fine, payment, amount in settled:
        used[payment] += amount
    handed = [one for one in entries if one.kind == Entry.Kind.PAYOUT]
    rests = [one for one in entries if one.kind == Entry.Kind.PAYMENT and used[one.pk] < -one.amount]
    pairs += [(("entry", out.pk), ("entry", one.pk)) for out in handed for one in rests]
    amounts = {one.pk: one.amount for one in entries}
    for group in _groups([("entry", one.pk) for one in entries], pairs):
        own = tuple(pk for kind, pk in group if kind == "entry")
        if sum(amounts[pk] for pk in own) == 0:
            yield Money(tuple(pk for kind, pk in group if kind == "fine"), own)


def _groups(nodes: Iterable[Node], pairs: Iterable[tuple[Node, Node]]) -> list[list[Node]]:
    """What is connected by the pairs, each group in its order."""
    beside: dict[Node, set[Node]] = {node: set() for node in nodes}
    for one, other in pairs:
        beside.setdefault(one, set()).add(other)
        beside.setdefault(other, set()).add(one)
    groups, seen = [], set[Node]()
    for start in beside:
        group, waiting = [], [start]
        while waiting:
            if (node := waiting.pop()) not in seen:
                seen.add(node)
                group.append(node)
                waiting += beside[node]
        if group:
            groups.append(sorted(group))
    return groups
