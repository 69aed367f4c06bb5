"""Families: members share the sum of their limits, and a copy may rest for all of them."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.categories.models import Category
from accounts.models import User
from kernel.eventbus.models import Event
from lending.checkout.services import BorrowRequest, borrow_books
from lending.deferral.tasks import decide_requested_loans
from lending.models import Family, Loan
from tests.api.answers import ONE_FAMILY, done, refused
from tests.factories import Town, new_policy, refusal, seoul
from tests.people import Person, a_patron


def a_family(town: Town, *members: Person) -> dict[str, Any]:
    """These people, or haneul and jo, share a limit."""
    ids = [member.id for member in members or (town.haneul, town.jo)]
    return dict(done(town.librarian.post("families", {"name": "김씨네", "members": ids}), 201))


def announced() -> list[tuple[int, list[int]]]:
    """Each family with its members, as it was announced."""
    payloads = Event.objects.filter(name="FamilyChanged").order_by("pk").values_list("payload", flat=True)
    return [(payload["family"], payload["members"]) for payload in payloads]


def test_a_family_is_made_changed_listed_and_dissolved(town: Town) -> None:
    both, third = sorted([town.haneul.id, town.jo.id]), a_patron("P-7003", "김새봄").id
    family = a_family(town)
    assert family == {"id": family["id"], "name": "김씨네", "members": both}
    assert family.keys() == ONE_FAMILY
    renamed = done(town.librarian.patch(f"families/{family['id']}", {"name": "김하늘네"}))
    assert (renamed["name"], renamed["members"]) == ("김하늘네", both)
    grown = done(town.librarian.patch(f"families/{family['id']}", {"members": [town.jo.id, third]}))
    assert grown["members"] == sorted([town.jo.id, third])
    assert done(town.librarian.get("families"))["results"] == [grown]

    assert town.librarian.delete(f"families/{family['id']}").status_code == 204
    assert done(town.librarian.get("families"))["results"] == []
    assert announced() == [(family["id"], both), (family["id"], grown["members"]), (family["id"], [])]
    assert refusal(town.librarian.delete(f"families/{family['id']}")) == (404, "not_found")


def test_a_patron_is_in_one_family_only(town: Town) -> None:
    third, family = a_patron("P-7003", "김새봄"), a_family(town)
    answer = town.librarian.post("families", {"name": "이씨네", "members": [third.id, town.jo.id]})
    refused(answer, 409, "already_in_a_family")
    assert answer.json()["members"] == [town.jo.id]
    assert "P-7002" in answer.json()["detail"]
    other = a_family(town, third)
    wanted = {"members": [third.id, town.haneul.id]}
    refused(town.librarian.patch(f"families/{other['id']}", wanted), 409, "already_in_a_family")
    assert Family.objects.count() == 2
    assert len(announced()) == 2
    done(town.librarian.patch(f"families/{family['id']}", {"members": [town.jo.id]}))
    assert done(town.librarian.patch(f"families/{other['id']}", wanted))["members"] == sorted(wanted["members"])


def test_a_family_with_a_fault_is_not_made(town: Town) -> None:
    refused(town.librarian.post("families", {"name": "x", "members": []}), 400, "invalid", "members")
    refused(town.librarian.post("families", {"name": "x", "members": [404404]}), 400, "invalid", "members")
    refused(town.librarian.post("families", {"name": "", "members": [town.jo.id]}), 400, "invalid", "name")
    refused(town.haneul.get("families"), 403, "permission_denied")
    assert not Family.objects.exists()


def test_members_share_the_sum_of_their_limits(town: Town) -> None:
    Category.objects.create(pk="child", name_en="child")
    new_policy(loan__max_copies=3)
    new_policy(category="child", loan__max_copies=1)
    User.objects.filter(pk=town.jo.id).update(category="child")
    book, family = town.book(copies=9), a_family(town)

    town.take(town.jo, book, quantity=3)
    answer = town.haneul.post("loans", {"book": book, "quantity": 2})
    assert refusal(answer) == (409, "loan_limit_reached")
    assert "The family may have 4 copies out together; out or asked for already: 3." in answer.json()["detail"]
    tried = done(town.haneul.post("loans?dry_run=true", {"book": book, "quantity": 2}))
    assert [reason["code"] for reason in tried["reasons"]] == ["loan_limit_reached"]
    town.take(town.haneul, book)
    assert refusal(town.jo.post("loans", {"book": book})) == (409, "loan_limit_reached")

    town.librarian.delete(f"families/{family['id']}")
    assert refusal(town.jo.post("loans", {"book": book})) == (409, "loan_limit_reached")
    town.take(town.haneul, book, quantity=2)


def test_a_member_without_a_limit_leaves_the_family_none(town: Town) -> None:
    Category.objects.create(pk="teacher", name_en="teacher")
    new_policy(loan__max_copies=1)
    new_policy(category="teacher", loan__max_copies=None)
    User.objects.filter(pk=town.jo.id).update(category="teacher")
    a_family(town)
    town.take(town.haneul, town.book(copies=5), quantity=5)


def test_everything_else_is_the_members_own(town: Town) -> None:
    book = town.book(copies=3)
    a_family(town)
    done(town.librarian.post(f"patrons/{town.jo.id}/blocks", {"reason": "책 훼손"}), 201)
    assert refusal(town.jo.post("loans", {"book": book})) == (409, "patron_blocked")
    town.take(town.haneul, book)


def test_what_was_asked_for_counts_for_all_and_is_decided_in_order(town: Town) -> None:
    new_policy(loan__max_copies=1)
    book, last = town.book(copies=3), town.book(title="Emma")
    third = a_patron("P-7003", "김새봄")
    a_family(town)
    first, second = town.ask_for(town.haneul, last), town.ask_for(town.jo, book)
    assert refusal(town.jo.post("loans", {"book": book})) == (409, "loan_limit_reached")
    later = town.ask_for(third, last)
    assert decide_requested_loans() == 3
    assert [town.loan(town.haneul, first)["status"], town.loan(town.jo, second)["status"]] == ["active"] * 2
    assert town.loan(third, later)["cancel_reason"] == "out_of_stock"


@pytest.mark.parametrize(("days", "again"), [(5, seoul(3, 7)), (None, None)])
def test_a_copy_rests_for_the_whole_family_where_the_policy_says_so(town: Town, days: Any, again: Any) -> None:
    new_policy(loan__again_after_days=days, loan__again_family=True)
    book, third = town.book(), a_patron("P-7003", "김새봄")
    a_family(town)
    loan = town.take(town.haneul, book)
    town.give_back(town.haneul, loan)
    barcode = loan["copies"][0]["barcode"]

    answer = town.jo.post("loans", {"book": book})
    assert refusal(answer) == (409, "too_soon_again")
    assert answer.json()["detail"].startswith("The family ")
    at_the_desk = town.librarian.post("loans", {"patron": town.jo.id, "barcode": barcode})
    assert refusal(at_the_desk) == (409, "too_soon_again")
    assert done(third.post("loans?dry_run=true", {"book": book}))["allowed"]
    town.moves_to(again or seoul(12, 31))
    assert town.jo.post("loans", {"book": book}).status_code == (201 if again else 409)


def test_a_copy_rests_for_who_had_it_alone_where_the_policy_does_not_name_the_family(town: Town) -> None:
    new_policy(loan__again_after_days=5)
    book = town.book()
    a_family(town)
    town.give_back(town.haneul, town.take(town.haneul, book))
    town.take(town.jo, book)


def test_a_family_is_served_alone_where_others_are_served_together(town: Town) -> None:
    third = a_patron("P-7003", "김새봄")
    book, now = town.book(copies=9), timezone.now()
    a_family(town)
    town.bus.settle()
    wanted = [BorrowRequest(patron_id=one.id, book_id=book, requested_at=now) for one in (town.haneul, third, town.jo)]
    outcomes = borrow_books(wanted, now=now)
    assert [isinstance(outcome, Loan) for outcome in outcomes] == [False, True, False]
