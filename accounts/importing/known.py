"""What the library knows of the people in a batch of records, looked up at once."""

from collections.abc import Sequence
from typing import Any

from accounts.importing.records import IncomingPatron
from accounts.models import Card, ErasedCard, User
from accounts.models.erased import digest_of
from kernel.importing.models import Doubt, Import

KIND = "patrons"


def key_of(card_number: str) -> str:
    """What a record is known by: the number of its card, without case."""
    return card_number.upper()


def plain_name(name: str) -> str:
    """By what names are compared: without case and blanks."""
    return "".join(name.casefold().split())


class Known:
    """People by the numbers of their cards, numbers of cards that were replaced or whose holder was erased, and what is
    or was in doubt."""

    def __init__(self, records: Sequence[IncomingPatron]) -> None:
        numbers = list({record.card_number for record in records})
        found = User.objects.select_for_update(of=("self",)).filter(card_number__anycase_in=numbers).order_by("pk")
        self.people = {key_of(person.card_number): person for person in found}
        ended = Card.objects.exclude(ended_at=None).filter(number__anycase_in=numbers)
        self.replaced = {key_of(number) for number in ended.values_list("number", flat=True)}
        digests = {digest_of(number): key_of(number) for number in numbers}
        gone = ErasedCard.objects.filter(pk__in=digests).values_list("pk", flat=True)
        self.erased = {digests[digest] for digest in gone}
        runs = {person.added_by for person in self.people.values() if person.added_by and not person.is_active}
        reverted = Import.objects.filter(pk__in=runs, status=Import.Status.REVERTED) if runs else Import.objects.none()
        self._reverted = set(reverted.values_list("pk", flat=True))
        self.in_doubt: set[str] = set()
        self.set_aside: dict[str, list[dict[str, Any]]] = {}
        self.same: set[tuple[int | None, str]] = set()
        """Who was decided to have which other name too, as `plain_name` has it."""
        for doubt in Doubt.objects.filter(run__kind=KIND, key__in=map(key_of, numbers)):
            if doubt.decision == Doubt.Decision.OPEN:
                self.in_doubt.add(doubt.key)
            elif doubt.decision == Doubt.Decision.ASIDE:
                self.set_aside.setdefault(doubt.key, []).append(doubt.record)
            elif doubt.decision == Doubt.Decision.SAME:
                self.same.add((doubt.subject, plain_name(doubt.record["name"])))

    def is_reverted(self, person: User) -> bool:
        """Whether an import brought the person that was undone since, and the card is closed for that."""
        return not person.is_active and person.added_by in self._reverted
