"""Takes back what an import of patrons added or changed, as far as nothing has happened to it since."""

from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef

from accounts.events import PatronRevised
from accounts.importing.reasons import Reason
from accounts.importing.rows import DAYS
from accounts.importing.taking import plain
from accounts.models import Card, User
from kernel.eventbus.publishing.outbox import publish_many
from kernel.importing.models import Entry, Import
from kernel.storage.databases import database_of


def undo(run: Import, limit: int, now: datetime) -> tuple[int, list[Entry]]:
    """Takes the next `limit` things back: the people it registered, then its changes of others.

    Cards are closed, not deleted: only lending knows whether somebody has borrowed with one. Where the file comes
    again, they are opened as it then says. Who has signed in, became staff or has another card by now is kept.
    """
    done, entries = _undo_people(run, limit, now)
    return (done, entries) if done else _undo_changes(run, limit, now)


def _undo_people(run: Import, limit: int, now: datetime) -> tuple[int, list[Entry]]:
    replaced = Exists(Card.objects.filter(person=OuterRef("pk")).exclude(ended_at=None))
    own = User.objects.select_for_update(of=("self",)).filter(added_by=run.pk, is_active=True)
    people = list(own.annotate(replaced=replaced).order_by("pk")[:limit])
    stay = [one for one in people if one.last_login or one.is_staff or one.replaced]
    go = [one for one in people if one not in stay]
    User.objects.filter(pk__in=[one.pk for one in go]).update(is_active=False)
    User.objects.filter(pk__in=[one.pk for one in stay]).update(added_by=None)
    publish_many([PatronRevised(occurred_at=now, patron=one.pk) for one in go])
    return len(people), [_kept(run, one) for one in stay]


def _undo_changes(run: Import, limit: int, now: datetime) -> tuple[int, list[Entry]]:
    """Fields that still are what the import made of them become what they were; the newest change first."""
    alias = database_of("accounts")
    changed = Entry.objects.using(alias).filter(run=run.pk, outcome=Entry.Outcome.UPDATED, before__isnull=False)
    entries = list(changed.order_by("-pk")[:limit])
    befores = [entry.before or {} for entry in entries]
    found = User.objects.select_for_update().filter(pk__in={before["person"] for before in befores}).order_by("pk")
    people, touched = {one.pk: one for one in found}, set[int]()
    for before in befores:
        person = people.get(before["person"])
        if person and _undo_fields(person, before):
            touched.add(person.pk)
    for key in sorted(touched):
        people[key].save()
    publish_many([PatronRevised(occurred_at=now, patron=key) for key in sorted(touched)])
    Entry.objects.using(alias).filter(pk__in=[entry.pk for entry in entries]).update(before=None)
    return len(entries), []


def _undo_fields(person: User, before: dict[str, Any]) -> list[str]:
    """Sets back what is as the import left it, and returns the names."""
    became = before["became"]
    back = {name: was for name, was in before["was"].items() if plain(getattr(person, name)) == became[name]}
    for name, value in back.items():
        setattr(person, name, date.fromisoformat(value) if name in DAYS and value else value)
    return list(back)


def _kept(run: Import, person: User) -> Entry:
    return Entry(run=run, number=0, label=str(person)[:300], outcome=Entry.Outcome.KEPT, reason=Reason.USED)
