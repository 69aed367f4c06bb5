"""Suspensions: made anew from a patron's late returns whenever one is made, undone or moved to another day."""

from datetime import date, datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone

from kernel.days.late_days import Suspension
from kernel.eventbus.publishing.outbox import publish
from kernel.observability.tracing import acting
from kernel.storage.databases import atomic_in
from lending.calendar.memory import calendar_in_force
from lending.events import PatronSuspended, SuspensionLifted
from lending.history.services import note_act
from lending.in_force import blocks_on
from lending.locks import lock_accounts
from lending.models import Block, Patron, Return
from lending.suspensions.history import suspension_of


def recompute_suspension(patron_id: int, *, now: datetime, return_id: int | None = None) -> date | None:
    """Sets what bars the patron to what the late returns say, and announces what changed; the last day from today on,
    None where nothing bars. Needs a transaction and the patron's account locked. `return_id` is what led to it."""
    today = timezone.localdate(now)
    blocks = Block.objects.filter(patron=patron_id, kind=Block.Kind.SUSPENSION)
    last = blocks.order_by("-pk").first()
    newest = last if last and last.lifted_at is None else None  # those before a lifted one are over, and stay on record
    before = Suspension(since=newest.since, until=newest.ends_on) if newest else None
    after = suspension_of(patron_id, calendar_in_force())
    if newest and before and (after is None or after.until < before.since):
        newest.delete()
        newest = None
    if after and newest and after.since <= newest.ends_on:
        newest.since, newest.until = after.since, after.until
        newest.save(update_fields=["since", "until"])
    elif after and after.until >= today:
        Block.objects.create(
            patron_id=patron_id, kind=Block.Kind.SUSPENSION, since=after.since, until=after.until, made_at=now
        )
    since, until = (after.since, after.until) if after else (None, None)
    Patron.objects.filter(pk=patron_id).update(suspended_since=since, suspended_until=until)

    if after != before:
        _announce(patron_id, before, after, today, return_id, now)
    return until if until and until >= today else None


@atomic_in("lending")
def lift_suspension(patron_id: int, *, reason: str, by_id: int | None, now: datetime) -> Block | None:
    """Ends the suspension that bars a patron, as it is now: what later returns lead to is not lifted. None where there
    is none."""
    lock_accounts([patron_id])
    block = _running(patron_id, now)
    if block is None:
        return None

    known = Return.objects.filter(patron_id=patron_id).order_by("-pk").values_list("pk", flat=True).first()
    _lift(block, known or 0, reason, by_id, now)
    return block


@atomic_in("lending")
def end_bought_suspension(patron_id: int, *, restriction: int, reason: str, now: datetime) -> Block | None:
    """Ends the suspension that was announced with that number and bought off: what returns led to that counted later
    stays, as if it had been ended before them. None where it is over or was lifted meanwhile."""
    lock_accounts([patron_id])
    counted = Return.objects.filter(patron_id=patron_id, restriction__range=(1, restriction))
    known = counted.aggregate(last=Max("pk"))["last"] or 0
    block = _running(patron_id, now)
    suspensions = Block.objects.filter(patron=patron_id, kind=Block.Kind.SUSPENSION)
    if block is None or suspensions.filter(lifted_after__gte=known).exists():
        return None

    _lift(block, known, reason, None, now)
    return block


def _running(patron_id: int, now: datetime) -> Block | None:
    own = Block.objects.filter(blocks_on(timezone.localdate(now)), patron=patron_id, kind=Block.Kind.SUSPENSION)
    return own.order_by("-pk").first()


def _lift(block: Block, known: int, reason: str, by_id: int | None, now: datetime) -> None:
    """Lifts a suspension as the returns up to that one led to it, and makes anew what later ones lead to."""
    patron_id = block.patron_id
    assert patron_id is not None, "what runs is somebody's"
    block.lifted_at, block.lifted_by_id, block.lift_reason, block.lifted_after = now, by_id, reason, known
    block.save()

    with acting(reason=reason):
        note_act("SuspensionLifted", at=now, patron_id=patron_id)
        facts = {"patron": patron_id, "restriction": next_restriction(patron_id)}
        publish(SuspensionLifted(occurred_at=now, until_before=block.ends_on, **facts))
    recompute_suspension(patron_id, now=now)


def _announce(
    patron_id: int,
    before: Suspension | None,
    after: Suspension | None,
    today: date,
    return_id: int | None,
    now: datetime,
) -> None:
    about: dict[str, Any] = {"occurred_at": now, "patron": patron_id}
    if after and after.until >= today:
        days: dict[str, Any] = {"since": after.since, "until": after.until}
        note_act("PatronSuspended", at=now, patron_id=patron_id)
        restriction = next_restriction(patron_id)
        counted = Return.objects.filter(patron_id=patron_id, suspension_days__gt=0, voided_at=None, restriction=0)
        counted.update(restriction=restriction)
        publish(PatronSuspended(**about, restriction=restriction, **days, return_id=return_id))
    elif before and before.until >= today:
        note_act("SuspensionLifted", at=now, patron_id=patron_id)
        publish(SuspensionLifted(**about, restriction=next_restriction(patron_id), until_before=before.until))


def next_restriction(patron_id: int) -> int:
    """The number of the next change of what bars a patron."""
    patron = Patron.objects.get(pk=patron_id)
    patron.restriction += 1
    patron.save(update_fields=["restriction"])
    return patron.restriction
