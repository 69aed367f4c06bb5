"""What is known after each step of a history: the log tells loans, copies and fines as they are, and whoever listens
knows what was heard of so far, be it on time, late, twice or out of order. A few statements; nothing is delivered."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Count, Q

from catalog.models import Copy as CatalogCopy
from dashboard.models import FineRow, LoanRow
from fines.queries import fines
from kernel.eventbus.models import Event
from lending.models import Copy, Debt, Loan
from notices.models import LoanRow as NoticedLoan
from tests.bus import Bus

SHOWN, NOTICED, FINE_SHOWN = (
    "dashboard.handlers.show_loan",
    "notices.handlers.follow_loan",
    "dashboard.handlers.show_fine",
)
MARKED, SHELVED, OWED = "notices.handlers.follow_mark", "catalog.handlers.follow_copies", "lending.handlers.note_debt"
CHARGED = "fines.handlers.charge_late_fee"
LOAN = ("pk", "version", "status", "due_on", "outstanding")
Facts = Mapping[str, Any]


class Heard:
    """The log, read on after each step, and who has heard what of it."""

    def __init__(self, bus: Bus) -> None:
        self.bus, self.last = bus, 0
        self.loans: dict[int, list[tuple[int, Facts]]] = defaultdict(list)
        self.copies: dict[int, list[tuple[int, Facts]]] = defaultdict(list)
        self.fines: dict[int, list[tuple[int, Facts]]] = defaultdict(list)
        self.returns: dict[int, int] = {}
        self.by: dict[str, set[int]] = {}
        self.read_on()
        self.hear()

    def read_on(self) -> None:
        """Takes in what was announced."""
        for pk, name, said in (
            Event.objects.filter(pk__gt=self.last).order_by("pk").values_list("pk", "name", "payload")
        ):
            self.last = pk
            if said.get("loan") and "outstanding" in said:
                self.loans[said["loan"]].append((pk, said))
            if "fine" in said:
                self.fines[said["fine"]].append((pk, said))
            if name == "BookReturned":
                self.returns[said["return_id"]] = pk
            for copy, facts in said.get("shelf", {}).items():
                self.copies[int(copy)].append((pk, facts))

    def hear(self) -> None:
        """Takes in what was heard."""
        self.by = defaultdict(set, {handler: {*events} for handler, events in self.bus.heard.items()})

    def returns_heard(self) -> set[int]:
        """The returns for which a fee was charged, if one was due."""
        return {made for made, event in self.returns.items() if event in self.by[CHARGED]}

    def newest(self, about: Mapping[int, Iterable[tuple[int, Facts]]], order: str, *by: str) -> dict[int, Facts]:
        """Of each thing the newest that was announced, or that these handlers have heard of."""
        found = {}
        for thing, told in about.items():
            known = [facts for event, facts in told if not by or any(event in self.by[one] for one in by)]
            if known:
                found[thing] = max(known, key=lambda facts: facts[order])
        return found


def the_log_tells_what_is_so(heard: Heard, step: str) -> None:
    """Of each loan, copy and fine its newest event."""
    out = Count("lines", filter=Q(lines__ending=""))
    there = Loan.objects.filter(version__gt=0).annotate(outstanding=out).values_list(*LOAN)
    told = heard.newest(heard.loans, "version")
    assert set(there) == {(pk, *_loan(said)) for pk, said in told.items()}, step
    moved = heard.newest(heard.copies, "move")
    for copy in Copy.objects.filter(pk__in=moved, withdrawn=False):
        said = moved[copy.pk]
        now = {"move": copy.moves, "lendable": copy.lendable, "where": copy.where, "condition": copy.condition}
        assert now == {name: said[name] for name in now}, step
    owed = dict(fines().values_list("pk", "owed"))
    assert {pk: said["owed"] for pk, said in heard.newest(heard.fines, "version").items()} == owed, step


def everybody_knows_what_was_heard(heard: Heard, step: str) -> None:
    """The pages, the notices, the catalogue and lending's debts."""
    shown = heard.newest(heard.loans, "version", SHOWN)
    assert set(LoanRow.objects.values_list(*LOAN)) == {(pk, *_loan(said)) for pk, said in shown.items()}, step
    noticed = heard.newest(heard.loans, "version", NOTICED, MARKED)
    known = NoticedLoan.objects.values_list("pk", "version", "due_on", "outstanding")
    assert set(known) == {(pk, *_loan(said, "version", "due_on", "outstanding")) for pk, said in noticed.items()}, step
    _copies_are_where_it_was_heard(heard, step)
    for model, handler in ((Debt, OWED), (FineRow, FINE_SHOWN)):
        owed = {pk: (version, left) for pk, version, left in model.objects.values_list("pk", "version", "owed")}
        said = heard.newest(heard.fines, "version", handler)
        assert owed == {pk: (one["version"], one["owed"]) for pk, one in said.items()}, (step, handler)


def _loan(said: Facts, *names: str) -> tuple[Any, ...]:
    facts = {**said, "due_on": date.fromisoformat(said["due_on"]) if said["due_on"] else None}
    return tuple(facts[name] for name in names or ("version", "status", "due_on", "outstanding"))


def _copies_are_where_it_was_heard(heard: Heard, step: str) -> None:
    shelved = heard.newest(heard.copies, "move", SHELVED)
    columns = ("pk", "moves", "lendable", "place", "loan")
    known = CatalogCopy.objects.filter(pk__in=shelved).values_list(*columns)
    expected = {(pk, said["move"], said["lendable"], said["where"] or "", said["loan"]) for pk, said in shelved.items()}
    assert {row for row in known if row[3] != "withdrawn"} == {row for row in expected if row[3] != "withdrawn"}, step


def copies_out(heard: Heard) -> Counter[int]:
    """How many copies each patron has by what the page has heard."""
    out: Counter[int] = Counter()
    for said in heard.newest(heard.loans, "version", SHOWN).values():
        out[said["patron"]] += said["outstanding"]
    return out
