"""Takes a batch of patrons in: each is somebody new, or somebody who has that card already."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.importing.batch import Batch
from accounts.importing.categories import CategoriesOfFile
from accounts.importing.known import Known, key_of, plain_name
from accounts.importing.outcomes import Outcomes
from accounts.importing.reasons import Reason
from accounts.importing.records import IncomingPatron
from accounts.models import User
from accounts.rules import faults_of, lacks_consent
from kernel.importing.kinds import Taken
from kernel.importing.models import Import


def take(run: Import, records: Sequence[IncomingPatron], now: datetime) -> Taken:
    """Takes the records in, within the caller's transaction, and says what became of each. Raises `IntegrityError` or
    `DataError` where the database refuses one, since somebody registered the same card at that moment."""
    return Taking(run, records, now).taken()


class Taking:
    """One batch on its way in: looks up who is known, decides for each record, writes everything at the end.

    `same` is the id of somebody whom a librarian took for the one person that the one record is about.
    """

    def __init__(
        self, run: Import, records: Sequence[IncomingPatron], now: datetime, *, same: int | None = None
    ) -> None:
        self.run, self.records, self.now, self.same = run, records, now, same
        self.today = timezone.localdate(now)
        self.categories = CategoriesOfFile(add_missing=bool(run.options.get("new_categories")))
        self.known = Known(records)
        holder = User.objects.select_for_update(of=("self",)).filter(pk=same).first() if same else None
        if holder:  # whose card may have been replaced since the record came in
            self.known.people |= {key_of(record.card_number): holder for record in records}
        self.batch = Batch(now)
        self.result = Outcomes()

    def taken(self) -> Taken:
        """What became of the batch."""
        for record in self.records:
            self._check(record)
            self._take(record)
        self.batch.write(invite=bool(self.run.options.get("invite")))
        return self.result

    def _check(self, record: IncomingPatron) -> None:
        """Finds the category, drops what can't be, and notes what is missing."""
        if record.category:
            code = self.categories.code_of(record.category)
            if code is None:
                record.note(Reason.CATEGORY_UNKNOWN, record.category)
            else:
                record.fields["category_id"] = code
        born_on: date | None = record.fields.get("born_on")
        if "born_on" in faults_of(self.today, born_on, "", None):
            record.note(Reason.DAY_UNKNOWN, str(record.fields.pop("born_on")))
        elif born_on and lacks_consent(born_on, *self._consent_by(record), self.today):
            record.note(Reason.NO_CONSENT)

    def _consent_by(self, record: IncomingPatron) -> tuple[str, date | None]:
        """The guardian, and until when the consent holds, as they are once the record is taken in."""
        person = self.known.people.get(key_of(record.card_number))
        here = User() if person is None or self.known.is_reverted(person) else person
        said = (record.fields.get("guardian", ""), record.fields.get("consent_until"))
        known = (here.guardian, here.consent_until)
        first, second = (said, known) if self.run.options.get("overwrite") else (known, said)
        return first[0] or second[0], first[1] or second[1]

    def _take(self, record: IncomingPatron) -> None:
        key, person = key_of(record.card_number), self.known.people.get(key_of(record.card_number))
        said = written(record)
        if person is None and key in self.known.replaced:
            self.result.skip(record, Reason.CARD_REPLACED)
        elif person is None and key in self.known.erased:
            self.result.skip(record, Reason.ERASED)
        elif person is None:
            self._add(record, key)
        elif person.is_staff or person.is_program:
            self.result.skip(record, Reason.STAFF)
        elif self.known.is_reverted(person):
            self._take_up_again(record, person)
        elif self._is_same(person, plain_name(record.name)):
            self._merge(record, person)
        elif person.pk is None:
            self.result.skip(record, Reason.REPEATED, person.name)
        elif said in self.known.set_aside.get(key, ()):
            self.result.skip(record, Reason.SET_ASIDE)
        else:
            self.result.doubt(record, key, said, person, is_new=key not in self.known.in_doubt)
            self.known.in_doubt.add(key)

    def _is_same(self, person: User, name: str) -> bool:
        """Whether somebody of that name is the person, by the name here or since a librarian said so."""
        decided = person.pk and (person.pk == self.same or (person.pk, name) in self.known.same)
        return plain_name(person.name) == name or bool(decided)

    def _add(self, record: IncomingPatron, key: str) -> None:
        person = User(card_number=record.card_number, name=record.name, added_by=self.run.pk, **record.fields)
        person.registered_at, person.password = self.now, record.password or make_password(None)
        self.batch.added.append(person)
        self.known.people[key] = person
        self.result.add(record)

    def _take_up_again(self, record: IncomingPatron, person: User) -> None:
        """Of a card that an undone import had brought, nothing holds but what the file says now."""
        empty = {name: _empty(name) for name in FIELDS}
        values = {**empty, **record.fields, "name": record.name, "is_active": True, "added_by": self.run.pk}
        _set(person, values)
        self.batch.change(person, values)
        self.result.add(record)

    def _merge(self, record: IncomingPatron, person: User) -> None:
        """Fills in what is missing here; what is there is replaced only where the file is right."""
        overwrite, changes = bool(self.run.options.get("overwrite")), {}
        for name, value in {**record.fields, **({"name": record.name} if overwrite else {})}.items():
            here = getattr(person, name)
            if here == value:
                continue
            if overwrite or here in ("", None):
                changes[name] = value
            elif name != "language":
                record.note(Reason.KEPT, f"{name.removesuffix('_id')}: {value}")
        was = {name: plain(getattr(person, name)) for name in changes}
        became = {name: plain(value) for name, value in changes.items()}
        if was.get("email"):
            self.batch.left.append((person, str(was["email"])))
        _set(person, changes)
        self.batch.change(person, changes)
        before = {"person": person.pk, "was": was, "became": became}
        self.result.change(record, before if changes and person.pk else None)


FIELDS = (
    "email", "phone", "postal_code", "address", "born_on", "guardian", "consent_until", "category_id", "expires_on",
    "notes", "language",
)  # fmt: skip
"""The columns that a file may say something about, beside number and name."""


def written(record: IncomingPatron) -> dict[str, Any]:
    """The record as plain values, to be kept with a doubt. Its password is not."""
    fields = {name: plain(value) for name, value in record.fields.items() if name != "category_id"}
    return {"card_number": record.card_number, "name": record.name, "category": record.category, "fields": fields}


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    return value.isoformat() if isinstance(value, date) else value


def _set(person: User, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(person, name, value)


def _empty(name: str) -> Any:
    return getattr(User(), name)
