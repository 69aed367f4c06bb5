"""Whatever people do, and in whatever order it is heard of: stock, pages, fines and suspensions agree with the source,
and nothing that was granted moves by itself."""

from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Count, Q
from django.utils import timezone
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from accounts.categories.models import Category
from catalog.queries import books_on_record
from dashboard.queries import page_of
from fines.models import FeeSchedule, Fine
from fines.queries import fines
from kernel.refusals import Refused
from lending.calendar.memory import calendar_in_force
from lending.holds.by_now.stock import stock_by_volume
from lending.models import Block, Closure, Copy, Debt, Loan, LoanLine, Opening, Patron, Return
from lending.policies.services import adopt_policy
from library.operations.drift import drift
from tests.bus import Bus
from tests.factories import Town
from tests.stories.heard import Heard, copies_out, everybody_knows_what_was_heard, the_log_tells_what_is_so
from tests.stories.history import (
    CALENDAR,
    CATEGORIES,
    DESK,
    GRANTS,
    HEARING,
    LATE,
    MOVES,
    RULES,
    STOCK_AND_MONEY,
    History,
    undone_afterwards,
)
from tests.stories.late_model import Back, days_that_count, last_day
from tests.stories.marking import (
    MARKS,
    fees_of_found_copies_are_of_settled_losses,
    marks_agree_with_places,
    pages_count_as_late_what_nobody_claims,
)

BEGINNING = (
    ("borrow", 1, 0, 2), ("borrow", 2, 1, 3), ("lose", 0, 0, 1), ("days_pass", 18, 0, 1), ("give_back", 1, 1, 1),
    ("claim", 2, 0, 1),
)  # fmt: skip
"""Something is out, lost, late, back and claimed when a history begins."""
HISTORIES = st.lists(
    st.tuples(
        st.sampled_from((*DESK, *DESK, *RULES, *STOCK_AND_MONEY, *HEARING, *CALENDAR, *MARKS)),
        st.integers(0, 30),
        st.integers(0, 30),
        st.integers(1, 4),
    ),
    min_size=15,
    max_size=60,
)


@pytest.fixture
def bus() -> Bus:
    """The history itself chooses what is delivered when."""
    return Bus()


class Watch:
    """What was granted, and what the returns must lead to, followed from outside."""

    def __init__(self, life: History) -> None:
        self.life = life
        self.backs: dict[int, Back] = {}
        self.lifts: dict[int, list[tuple[date, int]]] = {patron: [] for patron in life.patrons}
        self.ends: dict[int, date | None] = dict.fromkeys(life.patrons)
        self.before = self.granted()

    def granted(self) -> dict[str, dict[int, Any]]:
        """What nobody changes but by an act of that name."""
        return {
            "due": dict(Loan.objects.values_list("pk", "due_on")),
            "terms": dict(Loan.objects.exclude(terms=None).values_list("pk", "terms")),
            "charged": dict(Fine.objects.values_list("pk", "amount")),
            "back": {row[0]: row[1:] for row in Return.objects.values_list("pk", "returned_on", "days_late",
                                                                           "days_counted", "suspension_days")},
            "voided": set(Return.objects.exclude(voided_at=None).values_list("pk", flat=True)),
            "lifted": set(Block.objects.filter(kind="suspension").exclude(lifted_at=None).values_list("pk", flat=True)),
        }  # fmt: skip

    def follow(self, step: str) -> None:
        """Looks at everything after a step."""
        before, after = self.before, self.granted()
        for thing in ("terms", "charged", "back"):
            assert {pk: after[thing].get(pk) for pk in before[thing]} == before[thing], (step, thing)
        moved = {pk: due for pk, due in after["due"].items() if due != before["due"].get(pk)}
        if step in GRANTS:
            assert all(due and calendar_in_force().is_open(due) for due in moved.values()), step
        elif step not in MOVES:
            assert not moved, step
        self._follow_returns(after, before)
        self.before = after
        self._suspensions_are_what_the_returns_say(step)

    def _follow_returns(self, after: dict[str, Any], before: dict[str, Any]) -> None:
        """Keeps what a return was when it was made, and counts anew where something about it changed."""
        calendar, anew = calendar_in_force(), set()
        closed = list(Closure.objects.values_list("first", "last", "late_days_count"))
        opened = set(Opening.objects.values_list("day", flat=True))
        for made in Return.objects.filter(pk__in=after["back"].keys() - before["back"].keys()):
            assert made.loan.terms
            assert made.loan.due_on
            rules = vars(made.loan.terms.rules.late)
            counted = days_that_count(made.loan.due_on, made.returned_on, rules, closed, opened, calendar.is_open)
            assert made.days_counted == counted
            self.backs[made.pk] = Back(made.pk, made.returned_on, made.quantity, counted, rules)
            assert made.suspension_days == self.backs[made.pk].days
            anew |= {made.patron_id} if made.suspension_days else set()
        for made in Return.objects.filter(pk__in=after["voided"] - before["voided"]):
            anew |= {made.patron_id} if self.backs.pop(made.pk).days else set()
        for block in Block.objects.filter(pk__in=after["lifted"] - before["lifted"]):
            newest = Return.objects.filter(patron_id=block.patron_id).order_by("pk").last()
            assert newest
            self.lifts[block.patron_id].append((self.life.day(0), newest.pk))
            anew.add(block.patron_id)
        for patron in anew:
            own = set(Return.objects.filter(patron_id=patron).values_list("pk", flat=True))
            backs = [back for pk, back in self.backs.items() if pk in own]
            self.ends[patron] = last_day(backs, self.lifts[patron], calendar.is_open)

    def _suspensions_are_what_the_returns_say(self, step: str) -> None:
        today = self.life.day(0)
        for patron, end in self.ends.items():
            expected = end if end and end >= today else None
            until = Patron.objects.filter(pk=patron).values_list("suspended_until", flat=True).first()
            assert (until if until and until >= today else None) == expected, step
            running = Block.objects.filter(patron=patron, kind="suspension", lifted_at=None, until__gte=today)
            assert list(running.values_list("until", flat=True)) == ([expected] if expected else []), step


@settings(max_examples=15, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
@given(rules=st.sampled_from(LATE), history=HISTORIES)
def _histories_agree(
    town: Town, books: list[int], rules: dict[str, Any], history: list[tuple[str, int, int, int]]
) -> None:
    with undone_afterwards():
        life = History(town, books)
        adopt_policy(given=rules, now=life.now)
        watch, heard, done = Watch(life), Heard(life.bus), Counter[str]()
        for step, a, b, c in [*BEGINNING, *history]:
            with suppress(Refused, ObjectDoesNotExist):
                getattr(life, step)(a, b, c)
                done[step] += 1
            every_copy_is_in_one_place()
            marks_agree_with_places()
            watch.follow(step)
            heard.read_on()
            the_log_tells_what_is_so(heard, step)
            if step == "hear":  # nothing else changes what others know
                heard.hear()
                everybody_knows_what_was_heard(heard, step)
                fines_are_what_the_schedules_say(watch, heard.returns_heard())
                pages = {patron: page_of(patron, life.now)["copies_on_loan"] for patron in life.patrons}
                assert pages == {patron: copies_out(heard)[patron] for patron in pages}
        note(f"done: {done}")
        everything_agrees(life, watch, books)


def everything_agrees(life: History, watch: Watch, books: list[int]) -> None:
    """Once everything was heard of."""
    life.bus.settle()
    every_copy_is_in_one_place()
    the_catalogue_knows_the_stock(books)
    loans_tell_what_their_copies_do()
    fines_are_what_the_schedules_say(watch, watch.backs.keys())
    debts_are_what_the_entries_say()
    fees_of_found_copies_are_of_settled_losses()
    pages_show_what_is_out_and_owed(life)
    pages_count_as_late_what_nobody_claims(life.patrons, life.now, life.day(0))
    for patron, end in watch.ends.items():
        shown = page_of(patron, life.now)["suspended_until"]
        assert shown == (end if end and end >= life.day(0) else None)


def test_stock_pages_fines_and_suspensions_agree_after_any_history(town: Town) -> None:
    books = [town.book(copies=3, title="광장"), town.book(copies=6, title="The Left Hand of Darkness")]
    for copy in town.copy_ids(books[1]):
        town.librarian.patch(f"copies/{copy}", {"price": 12_000})
    town.bus.settle()
    Category.objects.bulk_create([Category(pk=code, name_en=code) for code in CATEGORIES])
    _histories_agree(town, books)


def fines_are_what_the_schedules_say(watch: Watch, heard: Collection[int]) -> None:
    """Each late return that was heard of and of which the rules say so, by the tiers of its day, and no other."""
    schedules = {date.min: {1: 500, 8: 1_000, 15: 2_000}}
    for each in FeeSchedule.objects.order_by("valid_from"):
        schedules[each.valid_from] = {int(day): amount for day, amount in each.given["tiers"].items()}
    expected = {}
    for back in [back for pk, back in watch.backs.items() if pk in heard]:
        day = max(valid_from for valid_from in schedules if valid_from <= back.day)
        begun = [from_day for from_day in schedules[day] if from_day <= back.counted]
        amount = schedules[day][max(begun)] if begun and back.rules["as_"] in ("fine", "both") else 0
        expected |= {back.pk: amount} if amount and back.counted else {}
    kept = Fine.objects.exclude(return_id=None).exclude(return_id__in=watch.before["voided"])
    assert dict(kept.values_list("return_id", "amount")) == expected


def every_copy_is_in_one_place() -> None:
    out = list(LoanLine.objects.filter(ending="").values_list("copy", flat=True))
    assert len(out) == len(set(out))
    assert set(Copy.objects.filter(place="loan").values_list("pk", flat=True)) == set(out)


def the_catalogue_knows_the_stock(books: list[int]) -> None:
    for book in books:
        told = books_on_record().get(pk=book)
        known = {"copies_total": told.copies_total, "copies_available": told.copies_available}
        assert stock_by_volume(book, timezone.localdate()) == {**known, "volumes": []}
    assert not LoanLine.objects.filter(ending="", copy__withdrawn=True).exists()


def loans_tell_what_their_copies_do() -> None:
    lines = {"open": Q(lines__ending=""), "back": Q(lines__ending__in=["returned", "lost"])}
    for loan in Loan.objects.annotate(**{name: Count("lines", filter=which) for name, which in lines.items()}):
        assert loan.status == "active" or loan.open == 0
        assert loan.status != "active" or loan.open > 0
        assert loan.status in {"requested", "cancelled"} or loan.quantity == loan.open + loan.back
        assert (loan.status == "returned") == (loan.returned_at is not None)
        assert loan.status != "cancelled" or loan.back == 0


def fines_belong_to_late_returns() -> None:
    late = Return.objects.filter(days_late__gt=0).values_list("pk", "days_late")
    expected = {pk: 500 if days <= 7 else 1000 if days <= 14 else 2000 for pk, days in late}
    assert dict(Fine.objects.values_list("return_id", "amount")) == expected
    debts_are_what_the_entries_say()


def debts_are_what_the_entries_say() -> None:
    owed = dict(fines().values_list("pk", "owed"))
    assert all(left >= 0 for left in owed.values())
    assert dict(Debt.objects.values_list("fine", "owed")) == owed


def pages_show_what_is_out_and_owed(life: History) -> None:
    assert list(drift()) == []
    out = Counter(LoanLine.objects.filter(ending="").values_list("loan__patron", flat=True))
    for patron in life.patrons:
        page = page_of(patron, life.now)
        owed = sum(fines().filter(patron=patron).values_list("owed", flat=True))
        assert (page["copies_on_loan"], page["fines_outstanding"]) == (out[patron], owed)
