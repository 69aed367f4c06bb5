"""What a librarian does with webhooks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Min, Q
from django.db.models.functions import Least
from django.utils.translation import gettext_lazy as _

from kernel.eventbus.models import Event
from kernel.eventbus.stream.log import end_of_log
from kernel.outgoing.addresses import parts_of, port_of, resolved
from kernel.outgoing.signing import new_secret
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in
from webhooks.models import Attempt, Endpoint, Resend

OVERLAP = timedelta(days=1)
"""How long a replaced secret signs too, so that a receiver can change over without losing a message."""
NO_FAILURES = {"disabled_at": None, "disabled_why": "", "failures": 0, "failing_since": None, "next_try_at": None}


class NotActive(Refused):
    code = "webhook_not_active"
    sentence = _("This webhook is paused or disabled: resume it first.")


class NothingSince(Refused):
    code = "nothing_since"
    sentence = _("Nothing has happened since then.")


def register_endpoint(*, url: str, names: Sequence[str], by_id: int, now: datetime) -> Endpoint:
    """An endpoint that is sent what happens from now on. Raises `AddressRefused` and `AddressUnknown`."""
    _check(url)
    return Endpoint.objects.create(
        url=url, names=sorted(names), secret=new_secret(), position=end_of_log(), made_by_id=by_id, made_at=now
    )


@atomic_in("webhooks")
def change_endpoint(endpoint_id: int, *, url: str, names: Sequence[str]) -> None:
    """Another address or choice of events, from the next message on. Raises as `register_endpoint` does.

    Another address is tried at once, whatever failures there were; one that was paused stays so.
    """
    _check(url)
    endpoint = Endpoint.objects.select_for_update().get(pk=endpoint_id)
    corrected: dict[str, Any] = {}
    if url != endpoint.url:  # and what is under way to the old address concerns nobody any more
        corrected = {**NO_FAILURES, "active": endpoint.active or endpoint.disabled_at is not None, "claim": None}
    Endpoint.objects.filter(pk=endpoint_id).update(url=url, names=sorted(names), **corrected)


@atomic_in("webhooks")
def rotate_secret(endpoint_id: int, *, now: datetime) -> str:
    """A new secret, shown this once. For a day messages are signed with the one that it replaces too."""
    endpoint = Endpoint.objects.select_for_update().get(pk=endpoint_id)
    secret = new_secret()
    endpoint.replaced_secrets.create(secret=endpoint.secret, until=now + OVERLAP)
    Endpoint.objects.filter(pk=endpoint_id).update(secret=secret)
    return secret


def pause_endpoint(endpoint_id: int) -> None:
    """Sends nothing until it is resumed; then it continues where it stopped. What failed is over, also where it was
    disabled for that. Raises `NotActive` where it is paused already."""
    not_paused = Q(active=True) | Q(disabled_at__isnull=False)
    if not Endpoint.objects.filter(not_paused, pk=endpoint_id).update(active=False, **NO_FAILURES):
        raise NotActive()


def resume_endpoint(endpoint_id: int) -> None:
    """Continues where it stopped, at once, whatever failures there were."""
    Endpoint.objects.filter(pk=endpoint_id).update(active=True, **NO_FAILURES)


def resend_event(attempt_id: int) -> None:
    """Sends that attempt's event again, before the next ones. Raises `NotActive`."""
    attempt = Attempt.objects.select_related("endpoint").get(pk=attempt_id)
    if not attempt.endpoint.active:
        raise NotActive()
    Resend.objects.get_or_create(endpoint=attempt.endpoint, event_id=attempt.event_id)


def resend_since(endpoint_id: int, *, since: datetime) -> None:
    """Moves the position back before the first event since then, and never on: what was not sent yet is sent too.
    Raises `NotActive` and `NothingSince`."""
    # For the bare position the databases would scan the whole log, from its beginning.
    first = Event.objects.filter(occurred_at__gte=since).aggregate(first=Min(F("position") + 0))["first"]
    if first is None:
        raise NothingSince()
    moved = Endpoint.objects.filter(pk=endpoint_id, active=True)
    if not moved.update(position=Least(F("position"), first - 1)):
        raise NotActive()


def _check(url: str) -> None:
    parts = parts_of(url)
    resolved(parts.hostname or "", port_of(parts))
