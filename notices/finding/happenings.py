"""What has just happened to a patron, as a cause of a notice, and taking it back."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from kernel.observability.tracing import current_trace
from notices.kinds import Kind
from notices.models import Cause, Notice
from notices.rules import LATEST, SITTING

BY_CLOCK = ("", "command", "schedule")


def was_anybody_there() -> bool:
    """Whether the event that is heard came about through a person: what an import brings is no news."""
    return current_trace().via not in BY_CLOCK


def add_receipt(event: Any, done: str, about: str, **facts: Any) -> None:
    """A patron did something at the library, or somebody at the desk did it."""
    if was_anybody_there():
        add_cause(event, Kind.RECEIPT, about, event.loan or 0, done=done, title=event.title, **facts)


def add_cause(event: Any, kind: Kind, about: str, thing: int, **facts: Any) -> None:
    """A patron is to hear of it, once ever. Of what is too old nobody hears: the context was taken out for a while, or
    its events are replayed. Nor does anybody of what is nobody's any more."""
    if event.patron is None or timezone.now() - event.occurred_at > LATEST:
        return
    cause = Cause(kind=kind, about=f"{kind}:{about}", patron_id=event.patron, thing_id=thing, facts=facts, waits=False)
    cause.due_at = event.occurred_at + SITTING
    Cause.objects.bulk_create([cause], ignore_conflicts=True)


def take_back_receipt(about: str) -> None:
    """It was undone before anybody has heard of it."""
    unread = Q(state=Cause.State.WAITING) | Q(notice__status=Notice.Status.WAITING)
    Cause.objects.filter(unread, about=f"{Kind.RECEIPT}:{about}").update(state=Cause.State.DROPPED)


def delete_with_words(causes: QuerySet[Cause]) -> None:
    """The words of the notices that were made of these go, and the causes with them."""
    written = list(causes.exclude(notice=None).values_list("notice", flat=True).distinct())
    Notice.objects.filter(pk__in=written).update(title="", body="")
    causes.delete()
