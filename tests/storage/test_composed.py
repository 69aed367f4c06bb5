"""Queries that are composed once find what their models' fields have, whatever they are asked for afterwards."""

from collections.abc import Collection
from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models import F, IntegerField, JSONField, Q, Value
from django.test.utils import CaptureQueriesContext

from dashboard.models import LoanRow, SuspensionRow
from kernel.storage.composed import Rows, composed

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 28)


def a_loan(number: int, patron: int, due: date | None) -> None:
    """A row of a patron's page."""
    facts = {"title": "토지", "outstanding": 1, "items_out": {"7": 2}, "version": 1}
    LoanRow.objects.create(loan_id=number, patron_id=patron, due_on=due, **facts)


@pytest.fixture(autouse=True)
def _rows() -> None:
    """Three loans of two patrons, and a suspension."""
    a_loan(1, 7, TODAY)
    a_loan(2, 7, TODAY + timedelta(days=1))
    a_loan(3, 2**40, None)
    SuspensionRow.objects.create(restriction=9, patron_id=7, until=TODAY)


def test_it_is_composed_at_the_first_call_and_finds_what_the_later_ones_ask_for() -> None:
    times = []

    @composed
    def loans(patron: int, last: date) -> Rows:
        times.append(patron)
        found = LoanRow.objects.filter(patron_id=patron, due_on__lte=last).exclude(patron_id=patron + 1)
        return found.order_by("pk").values_list("pk", "title", "due_on", "items_out")

    with CaptureQueriesContext(connection) as asked:
        assert loans(8, TODAY) == []
    assert loans(7, TODAY) == [(1, "토지", TODAY, {"7": 2})]
    assert [pk for pk, *_ in loans(7, TODAY + timedelta(days=1))] == [1, 2]
    assert (len(times), len(asked)) == (1, 1)


def test_numbers_may_be_larger_than_their_stand_ins_and_no_argument_is_needed() -> None:
    of = composed(lambda patron: LoanRow.objects.filter(patron_id=patron).values_list("pk", "due_on"))
    assert of(2**40) == [(3, None)]
    everything = composed(lambda: LoanRow.objects.order_by("-pk").values_list("pk")[:2])
    assert everything() == everything() == [(3,), (2,)]


def test_a_list_may_be_of_any_length() -> None:
    @composed
    def loans(patrons: Collection[int]) -> Rows:
        return LoanRow.objects.filter(patron_id__among=patrons).order_by("pk").values_list("pk")

    for patrons, found in (([], []), ([7], [1, 2]), ({7: "", 8: "", 2**40: ""}, [1, 2, 3])):
        assert [pk for (pk,) in loans(patrons)] == found


def test_words_and_lists_of_words_are_arguments_too() -> None:
    LoanRow.objects.filter(pk=2).update(title="The Sea ﷐")

    @composed
    def loans(title: str, others: Collection[str]) -> Rows:
        found = LoanRow.objects.filter(Q(title=title) | Q(title__among=others))
        return found.order_by("pk").values_list("pk", "items_out")

    assert loans("토지", []) == loans("", ["토지", "x"]) == [(1, {"7": 2}), (3, {"7": 2})]
    assert [pk for pk, *_ in loans("토지", ["The Sea ﷐"])] == [1, 2, 3]
    assert loans("'; --", ['"']) == []


def test_a_union_is_converted_as_its_first_part_is() -> None:
    @composed
    def rows(patron: int, today: date) -> Rows:
        loans = LoanRow.objects.filter(patron_id=patron, due_on__gt=today).annotate(what=Value(0, IntegerField()))
        ended = SuspensionRow.objects.filter(patron_id=patron, until__gte=today).annotate(
            what=Value(1, IntegerField()), items=Value({}, JSONField()), number=F("restriction")
        )
        return loans.values_list("what", "pk", "due_on", "items_out").union(
            ended.values_list("what", "number", "until", "items"), all=True
        )

    for day in (TODAY, TODAY - timedelta(days=1)):
        found = LoanRow.objects.filter(patron_id=7, due_on__gt=day).values_list("pk", "due_on", "items_out")
        assert sorted(rows(7, day)) == [*((0, *row) for row in found.order_by("pk")), (1, 9, TODAY, {})]


@pytest.mark.parametrize("changed", [lambda patron: patron * 2, lambda _patron: 7, str])
def test_an_argument_that_is_not_handed_on_as_it_is_is_refused(changed) -> None:
    @composed
    def loans(patron: int) -> Rows:
        return LoanRow.objects.filter(title=changed(patron)).values_list("pk")

    with pytest.raises(TypeError, match="as they are"):
        loans(7)
