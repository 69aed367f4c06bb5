"""Blocks and suspensions that were over long ago: they are nobody's any more, and neither is what was said of them."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time

from django.db.models import Q, QuerySet
from django.db.models.functions import NullIf
from django.utils import timezone

from kernel.eventbus.delivery.queries import pending_among
from kernel.eventbus.publishing.anonymising import anonymise_events
from kernel.eventbus.publishing.outbox import publish_many
from kernel.storage.databases import atomic_in
from lending.events import SuspensionsAnonymised
from lending.locks import lock_known_accounts
from lending.models import Act, Block, Patron
from lending.suspensions.services import next_restriction

BATCH = 1_000
NOBODYS = {"patron": None, "reason": "", "lift_reason": ""}
NOBODYS_ACT = {"by": NullIf("by", "patron"), "patron": None, "reason": ""}
"""Who did it is forgotten with whom it was about, where both are one."""
SUSPENSIONS = ("PatronSuspended", "SuspensionLifted", "SuspensionsAnonymised")
OF_PATRONS = (*SUSPENSIONS, "PatronBlocked", "BlockLifted", "UnpaidFeeImported", "UnpaidFeeDropped")
"""The names of what lending announces under a patron's key, under which others announce too."""


@atomic_in("lending")
def forget_who_acted() -> int:
    """Forgets who did it, of acts that are nobody's any more, where that was erased since; how many. What 0.4.0 left of
    holds is among them."""
    erased = Patron.objects.filter(erased_at__isnull=False)
    return Act.objects.filter(patron=None, by__in=erased.values("pk")).update(by=None)


def over_before(day: date) -> Q:
    """Blocks that were lifted, or had their last day, before a day."""
    midnight = timezone.make_aware(datetime.combine(day, time.min))
    return Q(lifted_at__lt=midnight) | Q(lifted_at=None, until__lt=day)


def blocks_over(day: date) -> QuerySet[Block]:
    """Blocks by hand that were over before a day, and are somebody's still."""
    return Block.objects.filter(over_before(day), kind=Block.Kind.MANUAL).exclude(patron=None)


def suspensions_over(day: date, patrons: Collection[int] | None = None) -> QuerySet[Block]:
    """The suspensions of those patrons of whom all were over before a day; with `patrons` only theirs."""
    theirs = Block.objects.filter(kind=Block.Kind.SUSPENSION).exclude(patron=None)
    if patrons is not None:
        theirs = theirs.filter(patron__in=patrons)
    return theirs.exclude(patron__in=theirs.exclude(over_before(day)).values("patron"))


@atomic_in("lending")
def anonymise_blocks(day: date, after: int) -> tuple[int, int] | None:
    """Makes the next blocks behind one nobody's that were over before a day; the last of them, and how many. None where
    there are no more."""
    found = list(blocks_over(day).filter(pk__gt=after).order_by("pk").values_list("pk", "patron")[:BATCH])
    if not found:
        return None
    patrons, blocks = {patron for _block, patron in found if patron}, [block for block, _patron in found]
    lock_known_accounts(patrons)

    Block.objects.filter(pk__in=blocks).update(**NOBODYS)
    anonymise_events("lending", _keys(patrons), about={"block": blocks})
    return blocks[-1], len(blocks)


@atomic_in("lending")
def anonymise_suspensions(
    day: date, after: int, now: datetime, patrons: Collection[int] | None = None
) -> tuple[int, int] | None:
    """The same of the suspensions of the next patrons behind one, who are told to have none; the last of them, and how
    many suspensions."""
    next_ones = suspensions_over(day, patrons).filter(patron_id__gt=after).order_by("patron")
    found = [patron for patron in next_ones.values_list("patron", flat=True).distinct()[:BATCH] if patron]
    if not found:
        return None
    free = sorted(set(found) - pending_among("patron", found))
    lock_known_accounts(free)
    over = sorted(set(suspensions_over(day, free).values_list("patron", flat=True)))

    count = Block.objects.filter(kind=Block.Kind.SUSPENSION, patron__in=over).update(**NOBODYS)
    Patron.objects.filter(pk__in=over).update(suspended_since=None, suspended_until=None)
    Act.objects.filter(patron__in=over, what__in=SUSPENSIONS).update(**NOBODYS_ACT)
    anonymise_events("lending", _keys(over), names=SUSPENSIONS)

    publish_many(
        SuspensionsAnonymised(occurred_at=now, patron=patron, restriction=next_restriction(patron))
        for patron in over
        if patron
    )
    return found[-1], count


def _keys(patrons: Iterable[int | None]) -> list[str]:
    return [f"patron:{patron}" for patron in patrons]
