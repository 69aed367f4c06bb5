"""What a batch of records writes: each table by one statement for many rows."""

from collections.abc import Collection
from datetime import datetime

from accounts.events import PatronRegistered, PatronRevised
from accounts.mail.outbox import queue_mail
from accounts.models import Card, OutgoingMail, User
from kernel.eventbus.publishing.outbox import publish_many
from kernel.storage.bulk import insert_rows, update_rows
from kernel.storage.databases import database_of


class Batch:
    """New and changed people. Nothing is written before `write`."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.added: list[User] = []
        self.changed: dict[int, User] = {}
        self.names: set[str] = set()
        """The names of the columns that changed in any."""
        self.left: list[tuple[User, str]] = []
        """People with the email address that they had before."""

    def change(self, person: User, names: Collection[str]) -> None:
        """The person's columns of these names have other values by now."""
        if person.pk and names:
            self.changed[person.pk] = person
            self.names |= {*names}

    def write(self, *, invite: bool = False) -> None:
        """Writes all of it within the caller's transaction, and announces it; with `invite`, new people get a mail with
        a link. Raises `IntegrityError`, `DataError`."""
        alias, changed = database_of("accounts"), [self.changed[key] for key in sorted(self.changed)]
        insert_rows(self.added, alias)
        insert_rows([Card(person=one, number=one.card_number, given_at=self.now) for one in self.added], alias)
        if self.names:
            update_rows(changed, sorted(self.names), alias)
        for person, address in self.left:
            kind = OutgoingMail.Kind.EMAIL_CHANGED
            queue_mail(kind=kind, card_number=person.card_number, sent_to=address, now=self.now)
        for person in self.added if invite else ():
            if person.email and not person.has_usable_password():
                queue_mail(kind=OutgoingMail.Kind.LINK, card_number=person.card_number, now=self.now)
        registered = [PatronRegistered(occurred_at=self.now, patron=one.pk) for one in self.added]
        publish_many([*registered, *(PatronRevised(occurred_at=self.now, patron=one.pk) for one in changed)])
