"""What has just happened to a patron, as a cause of a notice, and taking it back."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from kernel.observability.tracing import current_trace
from kernel.storage.bulk import upsert_rows
from kernel.storage.databases import database_of
from kernel.storage.instances import new_instance
from notices.kinds import Kind
from notices.models import Cause, Notice
from notices.rules import LATEST, SITTING

BY_CLOCK = ("", "command", "schedule")


def was_anybody_there() -> bool:
    """Whether the event that is heard came about through a person: what an import brings is no news."""
    return current_trace().via not in BY_CLOCK


def receipt(event: Any, done: str, about: str, **facts: Any) -> list[Cause]:
    """A patron did something at the library, or somebody at the desk did it; nothing where nobody was there."""
    if not was_anybody_there():
        return []
    return cause(event, Kind.RECEIPT, about, event.loan or 0, done=done, title=event.title, **facts)


def cause(event: Any, kind: Kind, about: str, thing: int, **facts: Any) -> list[Cause]:
    """What a patron is to hear of, to be kept by `keep_causes`. Of what is too old nobody hears: the context was taken
    out for a while, or its events are replayed. Nor does anybody of what is nobody's any more."""
    if event.patron is None or timezone.now() - event.occurred_at > LATEST:
        return []
    found = {
        "kind": kind,
        "about": f"{kind}:{about}",
        "patron_id": event.patron,
        "thing_id": thing,
        "facts": facts,
        "waits": False,
        "due_at": event.occurred_at + SITTING,
    }
    return [new_instance(Cause, found)]


def no_receipt(event: Any, about: str) -> list[Cause]:
    """What was done is undone: drops the receipt of it that nobody has read, or keeps one from being written that is
    heard of later."""
    unread = Q(state=Cause.State.WAITING) | Q(notice__status=Notice.Status.WAITING)
    dropped: dict[str, Any] = {"state": Cause.State.DROPPED, "facts": {}, "due_at": event.occurred_at + SITTING}
    Cause.objects.filter(unread, about=f"{Kind.RECEIPT}:{about}").update(**dropped)
    unwritten = cause(event, Kind.RECEIPT, about, event.loan or 0)
    for one in unwritten:
        one.state = Cause.State.DROPPED
    return unwritten


def keep_causes(causes: Sequence[Cause]) -> None:
    """Keeps what patrons are to hear of, each once ever."""
    upsert_rows(causes, database_of("notices"), "DO NOTHING")


def delete_with_words(causes: QuerySet[Cause]) -> None:
    """The words of the notices that were made of these go, and the causes with them."""
    written = list(causes.exclude(notice=None).values_list("notice", flat=True).distinct())
    Notice.objects.filter(pk__in=written).update(title="", body="")
    causes.delete()
