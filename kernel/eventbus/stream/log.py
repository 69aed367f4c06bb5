"""The event log as others read it: in one order, which never changes and never skips an event.

It is in `default`. The events of contexts with a database of their own are gathered there, each exactly once.
"""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import Max, QuerySet, TextField
from django.db.models.functions import Cast

from kernel.eventbus.locks import GATHERING, NUMBERING, exclusive
from kernel.eventbus.models import Event, Gathered
from kernel.eventbus.months.recent import first_id_behind
from kernel.eventbus.publishing.anonymising import anonymise_gathered
from kernel.eventbus.stream.early import early_events
from kernel.storage.databases import in_each_database

BATCH = 1_000
LARGEST = (1 << 63) - 1
GATHERED = ("uuid", "name", "key", "occurred_at", "payload", "correlation_id", "causation_id", "by", "via", "reason")
"""The columns that are copied."""
# The database numbers them itself: each web process does it twice a second, with all that was written meanwhile. From
# an array PostgreSQL goes to each row by its id, whatever it believes of how many have no position: after an import of
# many it would read the whole table each time. Of SQLite's statements Python counts the rows only where they begin with
# the verb, so that no WITH may stand before it.
NUMBER = {
    "postgresql": """
        UPDATE eventbus_event SET position = %(last)s + numbered.number
        FROM unnest(ARRAY(
            SELECT id FROM eventbus_event WHERE position IS NULL AND id >= %(first)s ORDER BY id LIMIT %(most)s
        )) WITH ORDINALITY AS numbered (id, number)
        WHERE eventbus_event.id = numbered.id AND eventbus_event.id >= %(first)s
    """,
    "sqlite": """
        UPDATE eventbus_event SET position = %(last)s + numbered.number FROM (
            SELECT id, row_number() OVER (ORDER BY id) AS number
            FROM (
                SELECT id FROM eventbus_event INDEXED BY event_unnumbered
                WHERE position IS NULL ORDER BY id LIMIT %(most)s
            )
        ) AS numbered
        WHERE eventbus_event.id = numbered.id
    """,
}


class Entry(NamedTuple):
    """An event of the log with what it says as JSON: for who reads of every event and needs few of its facts."""

    position: int
    uuid: UUID
    name: str
    payload: str


def events_after(position: int, limit: int, names: Iterable[str] = ()) -> list[Event]:
    """The next events behind a position, at most `limit`; all of them, or those of the given names.

    Positions are assigned here, to committed events only and by one reader at a time: an event whose transaction
    commits late gets a later position, and so does an event of a database that was away. So a reader who keeps the
    last position it saw misses nothing. Events of one key keep their order.
    """
    gather_all()
    found = _behind(position)
    return list((found.filter(name__in=names) if names else found)[:limit])


def entries_from(position: int, limit: int) -> list[Entry]:
    """The same with the event at that position, as entries, which take a quarter of the time."""
    gather_all()
    return as_entries(_behind(position - 1)[:limit])


def _behind(position: int) -> QuerySet[Event]:
    found = Event.objects.filter(position__gt=position).order_by("position")
    first = first_id_behind(position)
    return found.filter(id__gte=first) if first else found


def as_entries(events: QuerySet[Event]) -> list[Entry]:
    """These events of the log, in one statement."""
    columns = ("position", "uuid", "name", Cast("payload", TextField()))
    return [Entry(*row) for row in events.values_list(*columns)]


def end_of_log() -> int:
    """The position of the last event committed so far; 0 when nothing has happened."""
    gather_all()
    return _last_position(DEFAULT_DB_ALIAS)


def gather_all() -> None:
    """Completes the log: gathers the events of other databases that can be reached, and numbers all of them."""
    in_each_database(_gather_from)
    _number_all(DEFAULT_DB_ALIAS)


def _gather_from(alias: str) -> None:
    while alias != DEFAULT_DB_ALIAS and _gather_next(alias) == BATCH:
        pass


def _gather_next(alias: str) -> int:
    """Copies the next events of another database's own log; returns how many there were."""
    _number_all(alias)
    seen = _gathered_until(alias)
    events = list(Event.objects.using(alias).filter(position__gt=seen).order_by("position")[:BATCH])
    if events:
        again = [event.uuid for event in events if event.payload.get("patron", 0) is None]
        with transaction.atomic():
            exclusive(GATHERING, DEFAULT_DB_ALIAS)
            source, _ = Gathered.objects.get_or_create(pk=alias)
            if source.position == seen:  # or another reader was quicker
                # A uuid is unique in each month of PostgreSQL's log only, so those that may be there are looked for.
                known = set(Event.objects.filter(uuid__in=again).values_list("uuid", flat=True))
                new = [event for event in events if event.uuid not in known]
                copies = [Event(**{name: getattr(event, name) for name in GATHERED}) for event in new]
                Event.objects.bulk_create(copies, ignore_conflicts=True)
                anonymise_gathered([_as_stored(uuid) for uuid in known])
                Gathered.objects.filter(pk=alias).update(position=events[-1].position)
    return len(events)


def _gathered_until(alias: str) -> int:
    """The last position of another database's own log that was gathered."""
    return Gathered.objects.filter(pk=alias).values_list("position", flat=True).first() or 0


def _as_stored(uuid: UUID) -> str:
    """A uuid as the database has it."""
    return str(uuid) if connections[DEFAULT_DB_ALIAS].vendor == "postgresql" else uuid.hex


def _number_all(alias: str) -> None:
    while _number_next(alias) == BATCH:
        pass


def _last_position(alias: str) -> int:
    here = Event.objects.using(alias)
    first = first_id_behind(LARGEST, alias)
    last = here.filter(id__gte=first).aggregate(last=Max("position"))["last"] if first else None
    return last or here.aggregate(last=Max("position"))["last"] or 0


def _number_next(alias: str) -> int:
    """Assigns the next positions to the oldest events that have none; returns how many there were."""
    # In order, so that PostgreSQL takes the index of those: `exists` would have it read a table of numbered ones.
    first = first_id_behind(LARGEST, alias)
    if not early_events(alias).filter(id__gte=first).order_by("id").values("pk")[:1]:
        return 0
    with transaction.atomic(using=alias):
        exclusive(NUMBERING, alias)
        with connections[alias].cursor() as cursor:
            # The newest may be those that wait to be gathered once more: theirs must not be positions that are passed.
            last = max(_last_position(alias), 0 if alias == DEFAULT_DB_ALIAS else _gathered_until(alias))
            wanted = {"last": last, "most": BATCH, "first": first}
            cursor.execute(NUMBER[connections[alias].vendor], wanted)
            return int(cursor.rowcount)
