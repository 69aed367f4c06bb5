"""Counts again from the log of events, one by one and in memory: what the statistics must agree with."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from kernel.eventbus.models import Event
from kernel.eventbus.records import records_of
from kernel.eventbus.registry import event_of
from kernel.eventbus.stream.log import gather_all
from reporting.models import BookMonth, DayCount, HourCount

Counts = Mapping[tuple[str, ...], int]
"""By what is counted, day, class, category, age group and type; by `loans at` and the like, day and hour; and by `loans
of`, month and book."""
LOANS = {
    *("BookBorrowed", "BookReturned", "LoanCancelled", "LoanUndone", "LoanRenewed"),
    *("ReturnUndone", "RenewalUndone"),
}
HOLDINGS = {"BookRegistered", "BookRevised", "BookWithdrawn", "CopyAdded", "CopyRevised", "CopyWithdrawn"}


def counted() -> Counts:
    """What the statistics have."""
    axes = ("what", "day", "main_class", "category", "age_group", "copy_type")
    found: Counter[tuple[str, ...]] = Counter()
    for *place, number in DayCount.objects.values_list(*axes, "number"):
        found[tuple(map(str, place))] += number
    for what, day, hour, number in HourCount.objects.values_list("what", "day", "hour", "number"):
        found[f"{what} at", str(day), hour] += number
    for month, book, copies in BookMonth.objects.values_list("month", "book_id", "copies"):
        found["loans of", str(month), str(book)] += copies
    return found


def recounted() -> Counts:
    """What the log comes to."""
    gather_all()
    loans, things, money, people = {}, {}, {}, Counter()
    for record in records_of(Event.objects.order_by("pk")):
        event: Any = event_of(record)
        day = str(timezone.localdate(event.occurred_at))
        if record.name in LOANS:
            _note_loan(loans.setdefault(event.loan, {"back": {}, "longer": []}), record.name, event, day)
        elif record.name in HOLDINGS:
            _note_thing(things, record.name, event, day)
        elif record.name in {"FineCharged", "FineCancelled", "FineRefunded", "FineWaived"}:
            money.setdefault(event.fine, {})[record.name] = event
            money[event.fine]["newest"] = event
        elif record.name in {"PatronRegistered", "PatronErased"}:
            what = "patrons_registered" if record.name == "PatronRegistered" else "patrons_erased"
            people[what, day, "", "", "", ""] += 1
    total = people + _loans(loans) + _things(things) + _money(money)
    return +total


def _note_loan(loan: dict[str, Any], name: str, event: Any, day: str) -> None:
    loan["copies"] = 0 if event.status == "cancelled" else event.quantity
    if name == "BookBorrowed":
        loan["day"] = str(event.borrowed_on or day)
        loan["hour"] = _hour(event, loan["day"])
        loan["book"] = str(event.book)
        loan["axes"] = (event.main_class, event.category, event.age_group, event.copy_type)
    elif name == "BookReturned":
        loan["back"][event.return_id] = (str(event.returned_on), event.returned, _hour(event, str(event.returned_on)))
    elif name == "ReturnUndone":
        del loan["back"][event.return_id]
    elif name == "LoanRenewed":
        loan["longer"].append((day, event.outstanding, _hour(event, day)))
    elif name == "RenewalUndone":
        loan["longer"].pop()


def _hour(event: Any, day: str) -> str:
    """Of what was recorded on another day the hour is not known."""
    moment = timezone.localtime(event.occurred_at)
    return f"{moment:%H}" if str(moment.date()) == day else ""


def _loans(loans: dict[int, dict[str, Any]]) -> Counter[tuple[str, ...]]:
    total: Counter[tuple[str, ...]] = Counter()
    for loan in loans.values():
        if "day" in loan:
            total["loans", loan["day"], *loan["axes"]] += loan["copies"]
            total["loans at", loan["day"], loan["hour"]] += loan["copies"]
            total["loans of", f"{loan['day'][:8]}01", loan["book"]] += loan["copies"]
            for what, rows in (("returns", loan["back"].values()), ("renewals", loan["longer"])):
                for day, copies, hour in rows:
                    total[what, day, *loan["axes"]] += copies
                    total[f"{what} at", day, hour] += copies
    return total


def _note_thing(things: dict[Any, dict[str, Any]], name: str, event: Any, day: str) -> None:
    book = things.setdefault(("book", event.book), {"book": event.book})
    if event.revision >= book.get("revision", 0):
        book |= {"revision": event.revision, "class": event.main_class}
    key = ("copy", event.copy) if name.startswith("Copy") else ("book", event.book)
    thing = things.setdefault(key, {"book": event.book})
    if name in {"CopyAdded", "CopyRevised"}:
        thing["type"] = event.type or ""
    if name in {"CopyAdded", "BookRegistered"}:
        thing["added"] = day
    if name in {"CopyWithdrawn", "BookWithdrawn"}:
        thing["withdrawn"] = day


def _things(things: dict[Any, dict[str, Any]]) -> Counter[tuple[str, ...]]:
    total: Counter[tuple[str, ...]] = Counter()
    for (kind, _pk), thing in things.items():
        own_class = things["book", thing["book"]]["class"]
        for how in ("added", "withdrawn"):
            if how in thing:
                what = "copies" if kind == "copy" else "books"
                total[f"{what}_{how}", thing[how], own_class, "", "", thing.get("type", "")] += 1
    return total


def _money(money: dict[int, dict[str, Any]]) -> Counter[tuple[str, ...]]:
    total: Counter[tuple[str, ...]] = Counter()
    for fine in money.values():
        newest = fine["newest"]
        if newest.status == "cancelled":
            continue
        total["charged", str(timezone.localdate(newest.charged_at)), "", "", "", ""] += newest.amount - newest.refunded
        if waived := fine.get("FineWaived"):
            day = str(timezone.localdate(waived.occurred_at))
            total["waived", day, "", "", "", ""] += waived.amount - waived.refunded - waived.paid
    return total
