"""What patrons hear of at once: receipts, fines, suspensions, loans that were cancelled."""

import pytest

from notices.models import Cause
from tests.factories import Town, new_policy, seoul
from tests.notices.post import JO, Post, announced, statuses


@pytest.fixture
def post(post: Post) -> Post:
    """Who wants everything."""
    post.turn_off()
    return post


def test_one_sitting_is_one_mail(town: Town, post: Post) -> None:
    first = town.lend(town.jo, town.book(title="Emma"))
    post.a_little_later(1)
    town.lend(town.jo, town.book(title="Persuasion"))
    town.give_back(town.jo, first)
    post.a_little_later(2)
    (letter,) = post.take()
    assert letter.subject == "What you did at the library"
    lines = [line for line in letter.body.splitlines() if line.startswith("- ")]
    assert lines == [
        "- Borrowed until March 16, 2026: Emma",
        "- Borrowed until March 16, 2026: Persuasion",
        "- Returned: Emma",
    ]
    town.lend(town.jo, town.book(title="Sanditon"))
    post.a_little_later()
    assert post.subjects() == [(JO, "What you did at the library")]


def test_a_slip_that_is_undone_is_not_heard_of(town: Town, post: Post) -> None:
    loan = town.lend(town.jo, town.book(title="Emma"))
    post.a_little_later(1)
    undone = town.librarian.post(f"loans/{loan['id']}/undo", {"reason": "wrong card"})
    assert undone.status_code == 200, undone.json()
    post.a_little_later()
    assert (post.take(), statuses()) == ([], [])


def test_a_late_return_brings_receipt_and_fine_as_one(town: Town, post: Post) -> None:
    loan = town.lend_long_ago(town.jo, town.book(title="Emma"))
    post.a_little_later()
    post.take()
    returned = town.give_back(town.jo, loan)
    assert returned["days_late"] == 42
    post.a_little_later()
    (letter,) = post.take()
    assert letter.subject == "News from your library"
    assert "- 2,000 KRW for Emma. Returned 42 days late" in letter.body
    assert "- Returned: Emma" in letter.body
    assert statuses()[-1] == ("digest", "sent")


def test_several_fines_come_to_a_sum(town: Town, post: Post) -> None:
    post.turn_off("receipt")
    for title in ("Emma", "Persuasion"):
        town.give_back(town.jo, town.lend_long_ago(town.jo, town.book(title=title)))
    post.a_little_later()
    (letter,) = post.take()
    assert letter.subject == "Charged: 4,000 KRW"
    assert "- 2,000 KRW for Persuasion. " in letter.body


def test_a_fine_that_was_paid_at_once_is_not_heard_of(town: Town, post: Post) -> None:
    loan = town.lend_long_ago(town.jo, town.book(title="Emma"))
    town.give_back(town.jo, loan)
    (fine,) = town.jo.get("fines").json()["results"]
    assert town.librarian.post(f"fines/{fine['id']}/payments", {"amount": 2000}).status_code == 201
    post.a_little_later()
    (letter,) = post.take()
    assert letter.subject == "What you did at the library"
    assert "- Paid 2,000 KRW: Emma" in letter.body


def test_a_suspension_names_its_last_day(town: Town, post: Post) -> None:
    new_policy(late__as="suspension")
    loan = town.lend_long_ago(town.jo, town.book(title="Emma"), day="2026-02-10")
    town.give_back(town.jo, loan)
    post.turn_off("receipt")
    post.a_little_later()
    assert post.subjects() == [(JO, "No loans until March 7, 2026")]


def test_a_loan_that_was_not_granted_is_heard_of(town: Town, post: Post) -> None:
    book = town.book(title="Emma")
    cancelled = town.take(town.jo, book)
    town.librarian.delete(f"copies/{cancelled['copies'][0]['id']}")
    post.turn_off("receipt")
    post.a_little_later()
    assert post.subjects() == [(JO, "Your loan could not be granted: Emma")]


def test_each_cause_is_there_once_however_often_it_is_heard(town: Town, post: Post) -> None:
    town.lend(town.jo, town.book())
    for _again in range(2):
        post.a_little_later()
    assert len(post.take()) == 1
    assert Cause.objects.filter(kind="receipt").count() == 1
    assert announced() == ["NoticeSent"]


def test_what_came_about_in_the_evening_comes_in_the_morning(town: Town, post: Post) -> None:
    book = town.book()
    town.moves_to(seoul(3, 2, 22))
    town.lend(town.jo, book)
    post.a_little_later()
    assert post.take() == []
    town.moves_to(seoul(3, 3, 8))
    post.a_little_later()
    assert len(post.take()) == 1


def test_what_could_not_go_out_for_a_day_does_not_go_out_any_more(town: Town, post: Post) -> None:
    town.lend(town.jo, town.book())
    town.moves_to(seoul(3, 3, 11))
    post.a_little_later()
    assert post.take() == []
    assert list(Cause.objects.values_list("kind", "state")) == [("receipt", "dropped")]


def test_a_receipt_names_what_was_done_in_one_manner(town: Town, post: Post) -> None:
    loan = town.lend(town.haneul, town.book(title="토지"))
    town.lend(town.haneul, town.book(title="소나기"))
    town.give_back(town.haneul, loan)
    post.a_little_later()
    (letter,) = post.take()
    lines = [line for line in letter.body.splitlines() if line.startswith("- ")]
    assert lines[1:] == ["- 대출, 반납 예정일 2026. 3. 16.: 소나기", "- 반납: 토지"]


def test_a_receipt_that_0_4_0_was_about_to_send_is_dropped_with_its_renewal(town: Town, post: Post) -> None:
    loan = town.lend(town.jo, town.book(title="Emma"))
    post.a_little_later()
    post.take()
    assert town.jo.post(f"loans/{loan['id']}/renew").status_code == 200
    town.bus.settle()
    Cause.objects.filter(about__startswith="receipt:renewed:").update(about=f"receipt:renewed:{loan['id']}:2026-03-30")
    town.librarian.post(f"loans/{loan['id']}/renew/undo", {"reason": "another loan was meant"})
    post.a_little_later()
    assert post.take() == []


def test_a_renewal_behind_one_that_was_undone_has_its_receipt(town: Town, post: Post) -> None:
    post.turn_off()
    loan = town.lend(town.jo, town.book(title="Emma"))
    post.a_little_later()
    post.take()
    for _each in range(2):
        assert town.jo.post(f"loans/{loan['id']}/renew").status_code == 200
        town.librarian.post(f"loans/{loan['id']}/renew/undo", {"reason": "another loan was meant"})
    assert town.jo.post(f"loans/{loan['id']}/renew").status_code == 200
    post.a_little_later()
    (receipt,) = post.take()
    assert receipt.body.count("Renewed until March 30, 2026: Emma") == 1
