"""What a librarian does about a patron's bars."""

from datetime import date, datetime

from django.utils import timezone

from kernel.eventbus.publishing.outbox import publish
from kernel.observability.tracing import acting
from kernel.storage.databases import atomic_in
from lending.events import BlockLifted, PatronBlocked
from lending.history.services import note_act
from lending.holds.settling import settle_queues_of
from lending.locks import lock_accounts
from lending.models import Block, Patron
from lending.suspensions import services as suspensions
from lending.suspensions.services import lift_suspension, next_restriction


@atomic_in("lending")
def block_patron(*, patron_id: int, reason: str, until: date | None, by_id: int | None, now: datetime) -> Block:
    """Bars a patron from today to that day, or without an end. That the day is not past is for the caller to ask.
    Raises `Patron.DoesNotExist` for who was erased."""
    if lock_accounts([patron_id])[patron_id].erased_at:
        raise Patron.DoesNotExist
    block = Block.objects.create(
        patron_id=patron_id,
        kind=Block.Kind.MANUAL,
        reason=reason,
        since=timezone.localdate(now),
        until=until,
        made_at=now,
        made_by_id=by_id,
    )
    _set_blocked(patron_id)

    with acting(reason=reason):
        note_act("PatronBlocked", at=now, patron_id=patron_id)
        facts = {"block": block.pk, "patron": patron_id, "restriction": next_restriction(patron_id)}
        publish(PatronBlocked(occurred_at=now, since=block.since, until=until, **facts))
    settle_queues_of(patron_id, now=now)
    return block


@atomic_in("lending")
def lift_block(block_id: int, *, reason: str, by_id: int | None, now: datetime) -> Block:
    """Ends a block, or a suspension as `lift_suspension` does. One that is lifted or over stays as it is. Raises
    `Block.DoesNotExist`."""
    patron_id = Block.objects.get(pk=block_id).patron_id
    if patron_id is None:
        return Block.objects.get(pk=block_id)
    lock_accounts([patron_id])
    block = Block.objects.get(pk=block_id)
    if not block.is_on(timezone.localdate(now)):
        return block
    if block.kind == Block.Kind.SUSPENSION:
        return end_suspension(patron_id, reason=reason, by_id=by_id, now=now) or block

    block.lifted_at, block.lifted_by_id, block.lift_reason = now, by_id, reason
    block.save()
    _set_blocked(patron_id)

    with acting(reason=reason):
        note_act("BlockLifted", at=now, patron_id=patron_id)
        facts = {"block": block.pk, "patron": patron_id, "restriction": next_restriction(patron_id)}
        publish(BlockLifted(occurred_at=now, **facts))
    settle_queues_of(patron_id, now=now)
    return block


@atomic_in("lending")
def end_suspension(patron_id: int, *, reason: str, by_id: int | None, now: datetime) -> Block | None:
    """Ends the suspension that bars a patron, as `lift_suspension` does, so that the patron waits as others do."""
    block = lift_suspension(patron_id, reason=reason, by_id=by_id, now=now)
    if block:
        settle_queues_of(patron_id, now=now)
    return block


@atomic_in("lending")
def end_bought_suspension(patron_id: int, *, restriction: int, reason: str, now: datetime) -> None:
    """Ends the suspension that was bought off, as `suspensions` does, so that the patron waits as others do."""
    if suspensions.end_bought_suspension(patron_id, restriction=restriction, reason=reason, now=now):
        settle_queues_of(patron_id, now=now)


def _set_blocked(patron_id: int) -> None:
    blocks = Block.objects.filter(patron=patron_id, kind=Block.Kind.MANUAL, lifted_at=None)
    until = max((block.ends_on for block in blocks), default=None)
    Patron.objects.filter(pk=patron_id).update(blocked_until=until)
