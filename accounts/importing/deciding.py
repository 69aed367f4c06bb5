"""What somebody decides about a patron in doubt."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.importing.headings import LABELS
from accounts.importing.records import IncomingPatron
from accounts.importing.rows import DAYS
from accounts.importing.taking import Taking
from accounts.models import User
from kernel.importing.models import Doubt
from kernel.refusals import Refused


class NumberOfAnother(Refused):
    code = "number_of_another"
    sentence = gettext_lazy(
        "A card has one holder: give the other person another number in the file, and take it in again."
    )


def decide(doubt: Doubt, decision: str, now: datetime) -> str:
    """Carries the decision out within the caller's transaction, and says what came of it.

    The same person: the record fills in what is missing here. Set aside: it is not taken, now or when it comes again.
    Raises `NumberOfAnother` for another person.
    """
    if decision == Doubt.Decision.OTHER:
        raise NumberOfAnother
    if decision == Doubt.Decision.ASIDE:
        return _("The record was set aside.")
    Taking(doubt.run, [read_again(doubt.record)], now, same=doubt.subject).taken()
    return _("The record is taken for the same person.")


def sides(doubt: Doubt) -> Sequence[tuple[str, str, str]]:
    """What is known of the person and what the record says, field by field, where either says anything."""
    person = User.objects.filter(pk=doubt.subject).first()
    record = doubt.record
    theirs = {**record["fields"], **{name: record[name] for name in ("card_number", "name", "category")}}
    names = [name for name in LABELS if name in {field.name for field in User._meta.concrete_fields} - {"password"}]
    pairs = [(str(LABELS[name]), _text(getattr(person, name, "")), _text(theirs.get(name))) for name in names]
    return [pair for pair in pairs if pair[1] or pair[2]]


def read_again(said: dict[str, Any]) -> IncomingPatron:
    """The record that was kept."""
    fields = {name: date.fromisoformat(value) if name in DAYS else value for name, value in said["fields"].items()}
    about = {name: said[name] for name in ("card_number", "name", "category")}
    return IncomingPatron(number=1, fields=fields, **about)


def _text(value: Any) -> str:
    return "" if value is None else str(value)
