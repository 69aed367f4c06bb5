"""Each rule against a loan, with the boundary on both sides; all reasons at once; and who decides against them."""

from datetime import date
from typing import Any

import pytest

from accounts.categories.models import Category
from accounts.models import User
from kernel.eventbus.models import Event
from lending.checkout.preview import preview_of
from lending.deferral.tasks import decide_requested_loans
from lending.models import Copy
from tests.bus import Bus
from tests.factories import Town, new_policy, refusal, seoul
from tests.people import a_librarian

Answer = Any


@pytest.fixture
def bus() -> Bus:
    """Rules are asked at once, so one order of deliveries is enough."""
    return Bus()


def test_one_of_a_thing_is_said_as_one(town: Town) -> None:
    new_policy(loan__max_copies=1, block__overdue_copies=1)
    town.take(town.haneul, town.book())
    town.moves_to(seoul(3, 18))
    reasons = [reason["detail"] for reason in town.haneul.post("loans", {"book": town.book()}).json()["reasons"]]
    assert reasons == [
        "1 copy is overdue (days late: 2): it must come back first.",
        "A patron may have 1 copy out; out or asked for already: 1.",
    ]


def codes(answer: Answer) -> list[str]:
    """Every reason, after the first was found to be the code and each to have a sentence."""
    reasons = answer.json()["reasons"]
    assert answer.status_code == 409
    assert answer.json()["code"] == reasons[0]["code"]
    assert all(reason["detail"] for reason in reasons)
    return [reason["code"] for reason in reasons]


def discs(town: Town, copies: int = 1) -> int:
    """A book whose copies are discs."""
    book = town.book(copies=copies, title="밤의 여왕")
    Copy.objects.filter(book=book).update(type="dvd")
    return book


def test_a_card_borrows_up_to_its_last_day_and_nothing_is_due_later(town: Town) -> None:
    book = town.book(copies=3)
    User.objects.filter(pk=town.haneul.id).update(expires_on=date(2026, 3, 5))
    assert town.take(town.haneul, book)["due_on"] == "2026-03-05"
    town.moves_to(seoul(3, 5))
    assert town.take(town.haneul, book)["due_on"] == "2026-03-05"

    town.moves_to(seoul(3, 6))
    answer = town.haneul.post("loans", {"book": book})
    assert codes(answer) == ["card_expired"]
    assert "March 5, 2026" in answer.json()["detail"]
    in_korean = town.haneul.post("loans", {"book": book}, headers={"Accept-Language": "ko"})
    assert "2026. 3. 5." in in_korean.json()["detail"]


def test_overdue_copies_bar_as_the_policy_says(town: Town) -> None:
    book = town.book(copies=9)
    new_policy(block__overdue_copies=2)
    new_policy(category="child", block__while_overdue=True)
    new_policy(category="student", block__overdue_days=5, block__overdue_copies=None)
    categories = ["child", "student"]
    Category.objects.bulk_create([Category(pk=code, name_en=code) for code in categories])
    town.take(town.haneul, book)
    town.moves_to(seoul(3, 3))
    town.take(town.haneul, book)

    town.moves_to(seoul(3, 17))  # one of the two is overdue, since today
    assert town.haneul.post("loans?dry_run=true", {"book": book}).json()["allowed"]
    User.objects.filter(pk=town.haneul.id).update(category="child")
    assert codes(town.haneul.post("loans", {"book": book})) == ["overdue_copies"]
    User.objects.filter(pk=town.haneul.id).update(category="student")
    town.moves_to(seoul(3, 20))
    assert town.haneul.post("loans?dry_run=true", {"book": book}).json()["allowed"]
    town.moves_to(seoul(3, 21))
    assert codes(town.haneul.post("loans", {"book": book})) == ["overdue_copies"]
    User.objects.filter(pk=town.haneul.id).update(category=None)
    assert codes(town.haneul.post("loans", {"book": book})) == ["overdue_copies"]


def test_at_most_so_many_of_a_type(town: Town) -> None:
    new_policy(copy_type="dvd", loan__max_of_type=2, loan__days=7)
    films, book = discs(town, copies=4), town.book(copies=2)
    assert [town.take(town.haneul, films)["due_on"] for _ in range(2)] == ["2026-03-09"] * 2
    assert codes(town.haneul.post("loans", {"book": films})) == ["type_limit_reached"]
    assert codes(town.jo.post("loans", {"book": films, "quantity": 3}))[0] == "type_limit_reached"
    assert town.take(town.haneul, book)["due_on"] == "2026-03-16"


@pytest.mark.parametrize("rules", [{"loan__for_loan": False}, {"loan__days": 0}])
def test_what_the_policy_does_not_lend(town: Town, rules: dict[str, Any]) -> None:
    new_policy(copy_type="dvd", **rules)
    new_policy(category="teacher", copy_type="dvd", loan__for_loan=True, loan__days=3)
    films = discs(town, copies=2)
    assert codes(town.haneul.post("loans", {"book": films})) == ["not_for_loan"]

    Category.objects.create(pk="teacher", name_en="teacher")
    User.objects.filter(pk=town.haneul.id).update(category="teacher")
    assert town.take(town.haneul, films)["due_on"] == "2026-03-05"


@pytest.mark.parametrize(
    ("days", "too_soon", "again"), [(1, seoul(3, 2, 23), seoul(3, 3)), (5, seoul(3, 6), seoul(3, 7))]
)
def test_the_same_copy_rests_and_another_is_lent(town: Town, days: int, too_soon: Any, again: Any) -> None:
    new_policy(loan__again_after_days=days)
    book = town.book(copies=2)
    loan = town.take(town.haneul, book)
    town.give_back(town.haneul, loan)
    other = town.take(town.haneul, book)
    assert other["copies"][0]["id"] != loan["copies"][0]["id"]
    copy = loan["copies"][0]["barcode"]

    town.moves_to(too_soon)
    wanted = {"patron": town.haneul.id, "barcode": copy}
    assert codes(town.librarian.post("loans", wanted)) == ["too_soon_again"]
    assert codes(town.haneul.post("loans", {"book": book})) == ["too_soon_again"]
    assert town.jo.post("loans?dry_run=true", {"book": book}).json()["allowed"]
    town.moves_to(again)
    assert town.take(town.haneul, book)["copies"][0]["barcode"] == copy


def test_the_rest_of_a_copy_from_the_book_drop_counts_from_the_day_of_the_return(town: Town) -> None:
    new_policy(loan__again_after_days=3)
    book = town.book()
    loan = town.take(town.haneul, book)
    town.moves_to(seoul(3, 7))
    assert town.librarian.post(f"loans/{loan['id']}/return", {"returned_on": "2026-03-05"}).status_code == 200
    wanted = {"patron": town.haneul.id, "barcode": loan["copies"][0]["barcode"]}
    assert codes(town.librarian.post("loans", wanted)) == ["too_soon_again"]
    assert codes(town.haneul.post("loans", {"book": book})) == ["too_soon_again"]
    town.moves_to(seoul(3, 8))
    assert town.librarian.post("loans?dry_run=true", wanted).json()["allowed"]
    assert town.take(town.haneul, book)["status"] == "active"


def test_never_the_same_copy_again(town: Town) -> None:
    new_policy(loan__again_after_days=None)
    book = town.book()
    town.give_back(town.haneul, town.take(town.haneul, book))
    town.moves_to(seoul(12, 31))
    assert codes(town.haneul.post("loans", {"book": book})) == ["too_soon_again"]
    assert town.take(town.jo, book)["status"] == "active"


def test_the_same_copy_rests_on_the_hold_shelf_too(town: Town) -> None:
    new_policy(loan__again_after_days=5)
    book = town.book()
    first = town.take(town.haneul, book)
    assert town.jo.post("holds", {"book": book}).status_code == 201
    town.give_back(town.haneul, first)
    second = town.take(town.jo, book)
    assert town.haneul.post("holds", {"book": book}).status_code == 201
    town.give_back(town.jo, second)
    wanted = {"patron": town.haneul.id, "barcode": first["copies"][0]["barcode"]}
    assert codes(town.librarian.post("loans", wanted)) == ["too_soon_again"]
    assert codes(town.haneul.post("loans", {"book": book})) == ["too_soon_again"]
    town.moves_to(seoul(3, 7))
    assert town.take(town.haneul, book)["status"] == "active"


def test_a_volume_does_not_rest_with_another(town: Town) -> None:
    new_policy(loan__again_after_days=5)
    book = town.book(copies=2)
    for copy, volume in zip(town.copy_ids(book), "12", strict=True):
        assert town.librarian.patch(f"copies/{copy}", {"volume": volume}).status_code == 200
    town.bus.settle()
    town.give_back(town.haneul, town.haneul.post("loans", {"book": book, "volume": "1"}).json())
    assert codes(town.haneul.post("loans", {"book": book, "volume": "1"})) == ["too_soon_again"]
    assert town.haneul.post("loans", {"book": book, "volume": "2"}).status_code == 201


def test_the_type_with_most_free_copies_that_the_patron_may_borrow(town: Town) -> None:
    book = town.book(copies=5)
    ids = town.copy_ids(book)
    Copy.objects.filter(pk__in=sorted(ids)[2:]).update(type="dvd")
    films, texts = sorted(ids)[2:], sorted(ids)[:2]
    assert [copy["id"] for copy in town.take(town.haneul, book, quantity=2)["copies"]] == films[:2]
    assert [copy["id"] for copy in town.take(town.jo, book)["copies"]] == texts[:1]
    assert refusal(town.haneul.post("loans", {"book": book, "quantity": 2})) == (409, "out_of_stock")

    new_policy(copy_type="dvd", loan__for_loan=False)
    assert [copy["id"] for copy in town.take(town.jo, book)["copies"]] == texts[1:]
    assert codes(town.jo.post("loans", {"book": book})) == ["out_of_stock"]
    preview = preview_of(book, patron_id=town.jo.id, now=seoul(3, 2))
    assert (preview.copies_available, preview.is_possible, preview.refusal) == (0, False, None)


def test_all_reasons_at_once_on_every_road(town: Town) -> None:
    new_policy(loan__max_copies=1, block__debt_from=2000)
    book, empty = town.book(copies=2), town.book(copies=1)
    town.fines(town.haneul)
    town.take(town.jo, empty)
    desk = {"patron": town.haneul.id}
    wanted = {"book": empty, "quantity": 2}
    every = ["patron_blocked", "loan_limit_reached", "out_of_stock"]

    answer = town.haneul.post("loans", wanted)
    assert codes(answer) == every
    assert answer.json()["available"] == 0
    assert codes(town.librarian.post("loans", {**desk, **wanted, "borrowed_on": "2026-03-01"})) == every
    tried = town.haneul.post("loans?dry_run=true", wanted)
    assert [reason["code"] for reason in tried.json()["reasons"]] == every
    assert codes(town.haneul.post("loans", wanted, headers={"Prefer": "respond-async"})) == every[:2]
    copy = town.loan(town.jo, town.jo.get("loans").json()["results"][0])["copies"][0]["barcode"]
    assert codes(town.librarian.post("loans", {**desk, "barcode": copy})) == [
        "patron_blocked", "out_of_stock", "copy_not_lendable",
    ]  # fmt: skip
    assert town.available(book) == 2


def test_a_requested_loan_keeps_every_reason(town: Town) -> None:
    book = town.book()
    asked = town.ask_for(town.haneul, book)
    town.take(town.jo, book)
    User.objects.filter(pk=town.haneul.id).update(expires_on=date(2026, 3, 1))

    assert decide_requested_loans() == 1
    loan = town.loan(town.haneul, asked)
    assert (loan["status"], loan["cancel_reason"]) == ("cancelled", "card_expired")
    assert [reason["code"] for reason in loan["reasons"]] == ["card_expired", "out_of_stock"]
    assert all(reason["detail"] for reason in loan["reasons"])


def test_who_may_decides_against_rules_with_a_reason(town: Town) -> None:
    new_policy(loan__max_copies=0)
    book = town.book(copies=1)
    User.objects.filter(pk=town.haneul.id).update(expires_on=date(2026, 3, 1))
    wanted = {"patron": town.haneul.id, "book": book}
    against = ["card_expired", "loan_limit_reached"]
    assert codes(town.librarian.post("loans", wanted)) == against
    assert codes(town.librarian.post("loans", {**wanted, "override": against[:1], "reason": "x"})) == against[1:]
    no_reason = town.librarian.post("loans", {**wanted, "override": against})
    assert (no_reason.status_code, no_reason.json()["errors"][0]["field"]) == (400, "reason")

    loan = town.librarian.post("loans", {**wanted, "override": [*against, "too_early"], "reason": "이사 가는 날"})
    assert (loan.status_code, loan.json()["due_on"]) == (201, "2026-03-16")
    assert Event.objects.get(name="BookBorrowed").reason == "이사 가는 날"
    out = {**wanted, "override": ["card_expired", "loan_limit_reached", "out_of_stock"], "reason": "x"}
    assert codes(town.librarian.post("loans", out)) == ["out_of_stock"]
    User.objects.filter(pk=town.haneul.id).update(is_active=False)
    assert codes(town.librarian.post("loans", {**out, "override": ["card_closed"]}))[0] == "card_closed"


def test_the_desk_alone_decides_against_nothing(town: Town) -> None:

    desk = a_librarian("L-7009", roles=["desk"])
    wanted = {"patron": town.haneul.id, "book": town.book(), "override": ["loan_limit_reached"], "reason": "x"}
    assert refusal(desk.post("loans", wanted)) == (403, "permission_denied")
    loan = town.take(town.haneul, wanted["book"])
    of_book = {"book": wanted["book"]}
    for path, body in [
        ("loans", of_book),
        ("holds", of_book),
        (f"loans/{loan['id']}/renew", {}),
    ]:  # whether or not a reason is given, who may not is told so
        for against in ({"override": ["x"]}, {"override": ["x"], "reason": "y"}):
            for person in (town.haneul, desk):
                assert refusal(person.post(path, body | against)) == (403, "permission_denied"), (path, against)
    assert refusal(desk.post("returns", {"barcode": "B-1", "override": ["items_missing"]}))[0] == 403
    assert refusal(desk.post(f"loans/{loan['id']}/renew", {"override": ["too_early"], "reason": "x"}))[0] == 403
    assert refusal(town.haneul.post(f"loans/{loan['id']}/renew", {"override": ["x"], "reason": "x"}))[0] == 403


def test_a_reference_copy_goes_out_where_a_librarian_decides_so(town: Town) -> None:
    book = town.book(copies=1)
    Copy.objects.filter(book=book).update(for_loan=False)
    barcode = Copy.objects.get(book=book).barcode
    wanted = {"patron": town.haneul.id, "barcode": barcode}
    assert codes(town.librarian.post("loans", wanted)) == ["not_for_loan"]
    assert codes(town.haneul.post("loans", {"book": book})) == ["out_of_stock"]
    lent = town.librarian.post(
        "loans", {**wanted, "override": ["not_for_loan"], "reason": "전시", "due_on": "2026-03-04"}
    )
    assert (lent.status_code, lent.json()["due_on"]) == (201, "2026-03-04")
    assert town.librarian.post("loans", {**wanted, "due_on": "2026-03-01"}).status_code == 400
