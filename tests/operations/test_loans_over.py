"""Rows of pages of loans that are over go with the last month of the log that tells of them."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from dashboard.models import LoanRow
from kernel.eventbus.stream.changes import still_in_log
from kernel.eventbus.stream.log import end_of_log
from lending.models import Return
from tests.bus import Bus
from tests.factories import opening_day
from tests.operations.test_closing import built, close, month_words, next_month

pytestmark = pytest.mark.django_db(transaction=True)


def shown() -> dict[int, int]:
    """How many copies are out of the loans that have rows."""
    call_command("check_dashboard", stdout=StringIO())
    return dict(LoanRow.objects.values_list("pk", "outstanding"))


def test_what_is_over_goes_with_its_month_and_comes_back_when_it_is_undone(bus: Bus, db: None) -> None:
    with opening_day(bus) as town:
        books = [town.book(title=title) for title in ("광장", "토지", "무진기행")]
        readers = (town.haneul, town.haneul, town.jo)
        over, ends_later, stays = (town.lend(who, book)["id"] for who, book in zip(readers, books, strict=True))
        town.give_back(town.haneul, {"id": over})
        town.bus.settle()
        month = next_month(town)
        town.give_back(town.haneul, {"id": ends_later})
        town.bus.settle()
        assert shown() == {over: 0, ends_later: 0, stays: 1}

        close("--before", month_words(month))
        assert shown() == {ends_later: 0, stays: 1}
        before = built()
        call_command("replay", "dashboard", stdout=StringIO())
        assert built() == before

        back = Return.objects.get(loan=over).pk
        assert town.librarian.post(f"returns/{back}/undo", {"reason": "a slip"}).status_code == 200
        town.bus.settle()
        assert shown() == {over: 1, ends_later: 0, stays: 1}
        assert [loan["title"] for loan in town.page(town.haneul)["loans"]] == ["광장"]


def test_a_row_that_is_missing_is_named_as_long_as_the_log_could_tell_it(bus: Bus, db: None) -> None:
    with opening_day(bus) as town:
        first = town.lend(town.haneul, town.book())["id"]
        town.give_back(town.haneul, {"id": first})
        town.bus.settle()
        end_of_log()
        LoanRow.objects.all().delete()
        with pytest.raises(CommandError, match=r"^1 rows differ"):
            call_command("check_dashboard", stdout=StringIO())


def test_what_was_not_gathered_yet_is_in_the_log(bus: Bus, db: None) -> None:
    with opening_day(bus) as town:
        loan = town.lend(town.haneul, town.book())["id"]
        assert still_in_log("lending", "loan", [loan, loan + 1]) == {loan}
