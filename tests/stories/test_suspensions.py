"""Late returns that suspend (대출정지) instead of costing money: the regulations of libraries, typed in and played."""

from typing import Any

import pytest

from kernel.eventbus.models import Event
from lending.models import Block
from tests.bus import Bus
from tests.factories import Town, refusal, seoul
from tests.people import Person
from tests.stories.test_regulations import is_now, refused, typed_in

SUSPENDED = {"as": "suspension"}


@pytest.fixture
def bus() -> Bus:
    """What is asked at once: one order of deliveries is enough."""
    return Bus()


def back(town: Town, loan: dict[str, Any], who: Person | None = None, **body: Any) -> dict[str, Any]:
    """A loan comes back; what the library answers."""
    answer = (who or town.librarian).post(f"loans/{loan['id']}/return", body)
    assert answer.status_code == 200, answer.json()
    return dict(answer.json())


def lent_again_on(town: Town, first: int, last: int) -> str:
    """The first day of March from `first` to `last` on which the patron borrows something."""
    for day in range(first, last + 1):
        town.moves_to(seoul(3, day))
        if town.haneul.post("loans", {"book": town.book()}).status_code == 201:
            return f"2026-03-{day:02}"
    return "never"


def test_songpa_suspends_for_as_many_days_as_it_was_late(town: Town) -> None:
    typed_in(town, late=SUSPENDED, renewal={"max": 1, "days": 7})
    loan, other = (town.take(town.haneul, town.book()) for _ in range(2))
    town.moves_to(seoul(3, 9))
    later = town.take(town.haneul, town.book())
    town.moves_to(seoul(3, 18))
    told = back(town, loan, town.haneul)
    assert (told["days_late"], told["days_counted"], told["suspended_until"]) == (2, 2, "2026-03-19")
    assert back(town, other)["suspended_until"] == "2026-03-19"
    assert refused(town, town.book()) == "suspended"
    answer = town.haneul.post(f"loans/{later['id']}/renew").json()
    assert (answer["code"], answer["reason"]) == ("renewal_refused", "suspended")
    assert lent_again_on(town, 18, 22) == "2026-03-20"
    assert town.haneul.post(f"loans/{later['id']}/renew").status_code == 200
    town.bus.settle()
    assert town.page(town.haneul)["fines"] == []


def test_namhae_suspends_for_the_longest_of_several(town: Town) -> None:
    typed_in(town, late={**SUSPENDED, "suspension": "longest"})
    long, short = town.take(town.haneul, town.book()), None
    town.moves_to(seoul(3, 4))
    short = town.take(town.haneul, town.book())
    town.moves_to(seoul(3, 20))
    assert back(town, long)["suspended_until"] == "2026-03-23"
    assert back(town, short)["suspended_until"] == "2026-03-23"


def test_yongin_adds_days_times_copies_until_a_day_and_then_takes_the_days(town: Town) -> None:
    typed_in(town, late={**SUSPENDED, "suspension": "sum"}, loan={"max_copies": 20})
    typed_in(town, valid_from="2026-03-03", late={**SUSPENDED, "suspension": "longest"}, loan={"max_copies": 20})
    before = town.take(town.haneul, town.book(copies=7), quantity=7)
    town.moves_to(seoul(3, 3))
    after = town.take(town.jo, town.book(copies=7), quantity=7)
    town.moves_to(seoul(3, 17))
    assert back(town, before)["suspended_until"] == "2026-03-23"
    town.moves_to(seoul(3, 18))
    assert back(town, after)["suspended_until"] == "2026-03-18"


def test_in_sangju_two_books_four_days_late_back_on_the_22nd_are_lent_again_on_the_30th(town: Town) -> None:
    typed_in(town, late={**SUSPENDED, "suspension": "sum"})
    town.moves_to(seoul(3, 4))
    loans = [town.take(town.haneul, town.book()) for _ in range(2)]
    town.moves_to(seoul(3, 22))
    assert [back(town, loan)["suspended_until"] for loan in loans] == ["2026-03-25", "2026-03-29"]
    assert lent_again_on(town, 22, 31) == "2026-03-30"


def test_eulji_suspends_each_category_for_its_days(town: Town) -> None:
    typed_in(town, category="faculty", loan={"days": 60}, late=SUSPENDED)
    is_now(town, "faculty")
    loan = town.take(town.haneul, town.book())
    assert loan["due_on"] == "2026-05-01"
    town.moves_to(seoul(5, 4))
    assert back(town, loan)["suspended_until"] == "2026-05-06"


def test_jeonnam_does_not_count_the_days_it_was_closed_for_who_was_late_already(town: Town) -> None:
    typed_in(town, late=SUSPENDED)
    loan = town.take(town.haneul, town.book())
    closed = {"from": "2026-03-18", "to": "2026-03-21", "reason": "설 연휴", "late_days_count": False}
    assert town.librarian.post("closures", closed).status_code == 201
    town.moves_to(seoul(3, 23))
    told = back(town, loan)
    assert (told["days_late"], told["days_counted"], told["suspended_until"]) == (7, 3, "2026-03-25")


def test_a_town_in_the_us_has_a_day_of_grace_and_counts_open_days(town: Town) -> None:
    typed_in(town, late={"as": "fine", "counts": "open_days", "grace_days": 1})
    town.librarian.post("calendar/rules", {"valid_from": "2026-01-01", "closed_weekdays": [7]})
    first, second = (town.take(town.haneul, town.book()) for _ in range(2))
    town.moves_to(seoul(3, 17))
    assert back(town, first)["days_counted"] == 0
    town.moves_to(seoul(3, 23))
    assert (told := back(town, second))["days_late"] == 7
    assert told["days_counted"] == 6
    town.bus.settle()
    assert [fine["loan"] for fine in town.page(town.haneul)["fines"]] == [second["id"]]


def test_a_town_without_late_fees_charges_nothing_and_suspends_nobody(town: Town) -> None:
    typed_in(town, late={"as": "nothing"})
    loan = town.lend_long_ago(town.haneul, town.book())
    assert town.page(town.haneul)["fines_accruing"] == 0
    told = back(town, loan)
    assert (told["days_late"] > 0, told["suspended_until"]) == (True, None)
    town.bus.settle()
    assert town.page(town.haneul)["fines"] == []


def test_both_charges_and_suspends(town: Town) -> None:
    typed_in(town, late={"as": "both"})
    loan = town.take(town.haneul, town.book())
    town.moves_to(seoul(3, 18))
    town.bus.settle()
    page = town.page(town.haneul)
    assert (page["fines_accruing"], page["suspension_accruing_days"], page["suspended_until"]) == (500, 2, None)
    assert back(town, loan)["suspended_until"] == "2026-03-19"
    town.bus.settle()
    page = town.page(town.haneul)
    assert (page["fines_outstanding"], page["suspension_accruing_days"]) == (500, 0)
    assert page["suspended_until"] == "2026-03-19"
    town.moves_to(seoul(3, 20))
    assert town.page(town.haneul)["suspended_until"] is None


def test_what_accrues_is_what_a_return_today_brings(town: Town) -> None:
    typed_in(town, late={**SUSPENDED, "suspension": "sum", "suspension_factor": 2})
    closed = {"from": "2026-03-17", "to": "2026-03-17", "reason": "공사", "late_days_count": False}
    town.librarian.post("closures", closed)
    loans = [town.take(town.haneul, town.book()) for _ in range(2)]
    town.moves_to(seoul(3, 18))
    town.bus.settle()
    assert town.page(town.haneul)["suspension_accruing_days"] == 4
    assert [back(town, loan)["suspended_until"] for loan in loans] == ["2026-03-19", "2026-03-21"]


def test_a_book_drop_counts_to_its_day(town: Town) -> None:
    typed_in(town, late=SUSPENDED)
    loan = town.take(town.haneul, town.book())
    town.moves_to(seoul(3, 20))
    for day in ("2026-03-01", "2026-03-21"):
        answer = town.librarian.post(f"loans/{loan['id']}/return", {"returned_on": day})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "returned_on")
    assert town.haneul.post(f"loans/{loan['id']}/return", {"returned_on": "2026-03-17"}).status_code == 400
    told = back(town, loan, returned_on="2026-03-17")
    assert (told["days_late"], told["suspended_until"]) == (1, None)


def test_a_lift_ends_what_was_running_and_later_returns_suspend_again(town: Town) -> None:
    typed_in(town, late={**SUSPENDED, "suspension": "sum"})
    first, second = (town.take(town.haneul, town.book()) for _ in range(2))
    town.moves_to(seoul(3, 26))
    assert back(town, first)["suspended_until"] == "2026-04-04"
    town.bus.settle()
    (shown,) = town.librarian.get(f"patrons/{town.haneul.id}/blocks").json()["results"]
    assert (shown["kind"], shown["since"], shown["until"]) == ("suspension", "2026-03-26", "2026-04-04")
    lifted = town.librarian.post(f"blocks/{shown['id']}/lift", {"reason": "입원"})
    assert lifted.status_code == 200
    assert town.librarian.get(f"patrons/{town.haneul.id}/blocks").json()["results"] == []
    assert Event.objects.get(name="SuspensionLifted").reason == "입원"
    town.bus.settle()
    assert town.page(town.haneul)["suspended_until"] is None
    town.take(town.haneul, town.book())
    assert back(town, second)["suspended_until"] == "2026-04-04"
    assert refused(town, town.book()) == "suspended"


def test_a_suspension_that_was_over_stays_on_record_when_a_later_one_is_lifted(town: Town) -> None:
    typed_in(town, late=SUSPENDED)
    first, second, third = (town.take(town.haneul, town.book()) for _ in range(3))
    town.moves_to(seoul(3, 17))
    assert back(town, first)["suspended_until"] == "2026-03-17"
    town.moves_to(seoul(3, 20))
    assert back(town, second)["suspended_until"] == "2026-03-23"
    (running,) = town.librarian.get(f"patrons/{town.haneul.id}/blocks").json()["results"]
    assert town.librarian.post(f"blocks/{running['id']}/lift", {"reason": "입원"}).status_code == 200
    town.moves_to(seoul(3, 21))
    undo = town.librarian.post(f"returns/{back(town, third)['return_id']}/undo", {"reason": "다른 책"})
    assert undo.status_code == 200
    kept = Block.objects.filter(patron=town.haneul.id).order_by("pk").values_list("since", "until", "lifted_at")
    told = [(str(since), str(until), lifted is None) for since, until, lifted in kept]
    assert told == [("2026-03-17", "2026-03-17", True), ("2026-03-20", "2026-03-23", False)]


def test_a_suspension_can_be_decided_against(town: Town) -> None:
    typed_in(town, late=SUSPENDED)
    loan = town.take(town.haneul, town.book())
    town.moves_to(seoul(3, 17))
    back(town, loan)
    wanted = {"patron": town.haneul.id, "book": town.book()}
    assert refusal(town.librarian.post("loans", wanted)) == (409, "suspended")
    over = {**wanted, "override": ["suspended"], "reason": "과제"}
    assert town.librarian.post("loans", over).status_code == 201
