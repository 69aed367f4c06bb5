"""The lists about patrons: who has something overdue, lost something, owes something, or whose card ends soon."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.queries import people
from desk.lists.listed import Amount, Link, List, Row
from kernel.days.late_days import days_late
from lending.history.queries import copies_borrowed_by_patron
from lending.models import LoanLine
from lending.queries import copies_lost, copies_overdue, debtors

SOON = timedelta(days=30)
MOST_READERS = 100


def _overdue(now: datetime, most: int) -> Iterator[Row]:
    today = timezone.localdate(now)
    lines = list(copies_overdue(today)[:most])
    holders = _people(line.loan.patron_id for line in lines)
    for line in lines:
        due_on = line.loan.due_on or today
        late = days_late(due_on, today)
        yield (late, due_on, _loan(line), line.copy.barcode, *_contact(holders, line.loan.patron_id))


def _lost(now: datetime, most: int) -> Iterator[Row]:
    lines = list(copies_lost()[:most])
    holders = _people(line.loan.patron_id for line in lines)
    for line in lines:
        price = Amount(line.copy.price) if line.copy.price is not None else ""
        yield (
            timezone.localdate(line.ended_at),
            _loan(line),
            line.copy.barcode,
            price,
            *_contact(holders, line.loan.patron_id),
        )


def _debts(now: datetime, most: int) -> Iterator[Row]:
    owed = dict(debtors()[:most])
    holders = _people(owed)
    for patron, amount in owed.items():
        yield (Amount(amount), *_contact(holders, patron))


def _cards(now: datetime, most: int) -> Iterator[Row]:
    today = timezone.localdate(now)
    ending = people().filter(is_active=True, expires_on__range=(today, today + SOON)).order_by("expires_on", "pk")
    for patron in ending[:most]:
        yield (patron.expires_on or "", *_contact({patron.pk: patron}, patron.pk))


def _readers(now: datetime, most: int, years_ago: int) -> Iterator[Row]:
    zone, year = timezone.get_current_timezone(), timezone.localdate(now).year - years_ago
    first, last = (datetime(one, 1, 1, tzinfo=zone) for one in (year, year + 1))
    copies = copies_borrowed_by_patron(first, last, min(most, MOST_READERS))
    holders = _people(patron for patron, _copies in copies)
    for patron, borrowed in copies:
        yield (borrowed, *_contact(holders, patron))


def _people(ids: Iterable[int | None]) -> Mapping[int, User]:
    return people().in_bulk({pk for pk in ids if pk})


def _loan(line: LoanLine) -> Link:
    return Link(line.loan.title, "lending_loan_change", line.loan_id, "lending.view_loan")


def _contact(holders: Mapping[int, User], patron: int | None) -> Row:
    person = holders.get(patron or 0)
    if person is None:
        return "", "", "", ""
    name = Link(person.name, "desk_patron", person.pk, "accounts.view_user")
    return name, person.card_number, person.phone, person.email


COPY = (_("title"), _("barcode"))
CONTACT = (_("name"), _("card number"), _("telephone"), _("email"))
LISTS: Mapping[str, List] = {
    "overdue": List(
        _("Overdue loans"),
        "lending.view_loan",
        (_("days late"), _("due on"), *COPY, *CONTACT),
        _overdue,
        _("Nothing is overdue."),
    ),
    "lost": List(
        _("Lost copies"),
        "lending.view_loan",
        (_("lost on"), *COPY, _("price"), *CONTACT),
        _lost,
        _("Nothing is lost."),
    ),
    "debts": List(
        _("Debts"),
        "fines.view_account",
        (_("owed"), *CONTACT),
        _debts,
        _("Nobody owes anything."),
    ),
    "cards": List(
        _("Cards that end soon"),
        "accounts.view_user",
        (_("card's last day"), *CONTACT),
        _cards,
        _("No card ends within 30 days."),
    ),
    "readers": List(
        _("Who borrowed the most this year"),
        "lending.view_loan",
        (_("copies lent"), *CONTACT),
        partial(_readers, years_ago=0),
        _("Nobody has borrowed anything."),
    ),
    "readers-before": List(
        _("Who borrowed the most last year"),
        "lending.view_loan",
        (_("copies lent"), *CONTACT),
        partial(_readers, years_ago=1),
        _("Nobody has borrowed anything."),
    ),
}
