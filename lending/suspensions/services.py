"""Suspensions: made anew from a patron's late returns whenever one is made, undone or moved to another day."""

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from kernel.days.late_days import Suspension
from kernel.eventbus.publishing.outbox import publish
from kernel.observability.tracing import acting
from kernel.storage.databases import atomic_in
from lending.calendar.memory import calendar_in_force
from lending.events import PatronSuspended, SuspensionLifted
from lending.history.services import note_act
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
    Patron.objects.filter(pk=patron_id).update(suspended_until=after.until if after else None)

    if after != before:
        _announce(patron_id, before, after, today, return_id, now)
    return after.until if after and after.until >= today else None


@atomic_in("lending")
def lift_suspension(patron_id: int, *, reason: str, by_id: int | None, now: datetime) -> Block | None:
    """Ends the suspension that bars a patron, as it is now: what later returns lead to is not lifted. None where there
    is none."""
    lock_accounts([patron_id])
    running = Block.objects.filter(patron=patron_id, kind=Block.Kind.SUSPENSION, lifted_at=None)
    block = running.filter(until__gte=timezone.localdate(now)).order_by("-pk").first()
    if block is None:
        return None

    known = Return.objects.filter(patron_id=patron_id).order_by("-pk").values_list("pk", flat=True).first()
    block.lifted_at, block.lifted_by_id, block.lift_reason, block.lifted_after = now, by_id, reason, known
    block.save()
    recompute_suspension(patron_id, now=now)

    with acting(reason=reason):
        note_act("SuspensionLifted", at=now, patron_id=patron_id)
        facts = {"patron": patron_id, "restriction": next_restriction(patron_id)}
        publish(SuspensionLifted(occurred_at=now, until_before=block.ends_on, **facts))
    return block


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
        publish(PatronSuspended(**about, restriction=next_restriction(patron_id), **days, return_id=return_id))
    elif before and before.until >= today:
        note_act("SuspensionLifted", at=now, patron_id=patron_id)
        publish(SuspensionLifted(**about, restriction=next_restriction(patron_id), until_before=before.until))


def next_restriction(patron_id: int) -> int:
    """The number of the next change of what bars a patron."""
    patron = Patron.objects.get(pk=patron_id)
    patron.restriction += 1
    patron.save(update_fields=["restriction"])
    return patron.restriction
