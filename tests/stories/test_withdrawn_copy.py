"""The catalogue withdraws a copy before it hears that a loan has just taken it (rule 5.3)."""

from kernel.eventbus.models import Event
from library.operations.drift import drift
from tests.every_order import in_each_order
from tests.factories import Town, refusal


def withdraw(town: Town, copy: int) -> None:
    """The librarian withdraws a copy; nobody has heard of its loan yet, so the catalogue allows it."""
    assert town.librarian.delete(f"copies/{copy}").status_code == 204
    town.bus.settle()


def test_another_copy_takes_its_place(town: Town) -> None:
    book = town.book(copies=2)
    loan = town.take(town.haneul, book)
    taken = loan["copies"][0]["id"]
    (other,) = set(town.copy_ids(book)) - {taken}
    withdraw(town, taken)

    told = town.loan(town.haneul, loan)
    assert (told["status"], told["quantity"], told["outstanding"]) == ("active", 1, 1)
    assert [copy["id"] for copy in told["copies"]] == [other]
    assert (told["due_on"], told["cancel_reason"]) == (loan["due_on"], "")
    assert (town.available(book), town.listed(book)) == (0, 0)
    assert town.page(town.haneul)["copies_on_loan"] == 1
    assert list(drift()) == []
    assert Event.objects.filter(name="CopySubstituted").count() == 1


def test_the_loan_with_its_new_copy_comes_back_like_any_other(town: Town) -> None:
    book = town.book(copies=2)
    loan = town.take(town.haneul, book)
    withdraw(town, loan["copies"][0]["id"])

    assert town.give_back(town.haneul, loan)["status"] == "returned"
    assert (town.available(book), town.listed(book)) == (1, 1)


def test_without_another_copy_that_part_is_cancelled(town: Town) -> None:
    book = town.book(copies=2)
    loan = town.take(town.haneul, book, quantity=2)
    withdraw(town, loan["copies"][0]["id"])

    told = town.loan(town.haneul, loan)
    assert (told["status"], told["quantity"], told["outstanding"]) == ("active", 1, 1)
    assert (told["cancel_reason"], len(told["copies"])) == ("copy_withdrawn", 1)
    assert [reason["code"] for reason in told["reasons"]] == ["copy_withdrawn"]
    assert (town.available(book), town.listed(book)) == (0, 0)
    assert town.page(town.haneul)["copies_on_loan"] == 1
    assert list(drift()) == []
    assert Event.objects.filter(name="LoanCancelled").count() == 1

    assert town.give_back(town.haneul, loan)["status"] == "returned"
    assert (town.available(book), town.listed(book)) == (1, 1)


def test_a_loan_that_has_nothing_left_is_cancelled(town: Town) -> None:
    book = town.book(copies=1)
    loan = town.take(town.haneul, book)
    withdraw(town, loan["copies"][0]["id"])

    told = town.loan(town.haneul, loan)
    assert (told["status"], told["outstanding"], told["cancel_reason"]) == ("cancelled", 0, "copy_withdrawn")
    assert [reason["code"] for reason in told["reasons"]] == ["copy_withdrawn"]
    assert town.page(town.haneul)["loans"] == []
    assert (town.available(book), town.listed(book)) == (0, 0)
    assert list(drift()) == []
    assert refusal(town.haneul.post(f"loans/{loan['id']}/return", {})) == (409, "not_on_loan")


def test_two_copies_withdrawn_one_after_the_other_end_the_loan(town: Town) -> None:
    book = town.book(copies=2)
    loan = town.take(town.haneul, book, quantity=2)
    for copy in loan["copies"]:
        assert town.librarian.delete(f"copies/{copy['id']}").status_code == 204
    town.bus.settle()

    assert town.loan(town.haneul, loan)["status"] == "cancelled"
    assert town.page(town.haneul)["copies_on_loan"] == 0
    assert list(drift()) == []


@in_each_order
def test_a_whole_book_withdrawn_under_a_fresh_loan_ends_it(town: Town) -> None:
    book = town.book(copies=2)
    loan = town.take(town.haneul, book)
    assert town.librarian.delete(f"books/{book}").status_code == 204
    town.bus.settle()

    told = town.loan(town.haneul, loan)
    assert (told["status"], told["cancel_reason"]) == ("cancelled", "copy_withdrawn")
    assert town.page(town.haneul)["loans"] == []
    assert list(drift()) == []


def test_another_patrons_loan_is_never_touched(town: Town) -> None:
    book = town.book(copies=2)
    mine, yours = town.take(town.haneul, book), town.take(town.jo, book)
    withdraw(town, mine["copies"][0]["id"])

    assert town.loan(town.haneul, mine)["status"] == "cancelled"
    assert town.loan(town.jo, yours) == yours
    assert town.page(town.jo)["copies_on_loan"] == 1


def test_a_copy_that_was_back_already_is_just_withdrawn(town: Town) -> None:
    book = town.book(copies=2)
    loan = town.take(town.haneul, book)
    assert town.haneul.post(f"loans/{loan['id']}/return", {}).status_code == 200
    before = town.loan(town.haneul, loan)
    withdraw(town, loan["copies"][0]["id"])

    assert town.loan(town.haneul, loan) == before
    assert (town.available(book), town.listed(book)) == (1, 1)
    assert not Event.objects.filter(name__in=["CopySubstituted", "LoanCancelled"]).exists()


@in_each_order
def test_a_loan_whose_other_copy_was_back_is_then_over(town: Town) -> None:
    loan = town.take(town.haneul, town.book(copies=2), quantity=2)
    assert town.haneul.post(f"loans/{loan['id']}/return", {"quantity": 1}).status_code == 200
    back = town.loan(town.haneul, loan)
    home, out = sorted(back["copies"], key=lambda copy: copy["returned_at"] is None)
    assert town.librarian.delete(f"copies/{home['id']}").status_code == 204
    withdraw(town, out["id"])

    told = town.loan(town.haneul, loan)
    assert (told["status"], told["quantity"], told["outstanding"]) == ("returned", 1, 0)
    assert told["returned_at"] == home["returned_at"]
    assert town.page(town.haneul)["loans"] == []
    assert list(drift()) == []


@in_each_order
def test_a_loan_whose_other_copy_was_lost_is_then_over(town: Town) -> None:
    loan = town.take(town.haneul, town.book(copies=2), quantity=2)
    lost, out = loan["copies"]
    assert town.librarian.post(f"copies/{lost['id']}/mark", {"as": "lost"}).status_code == 200
    withdraw(town, out["id"])

    told = town.loan(town.haneul, loan)
    assert (told["status"], told["quantity"], told["outstanding"]) == ("returned", 1, 0)
    assert told["returned_at"] == told["copies"][0]["lost_at"]
    assert town.page(town.haneul)["loans"] == []
    assert list(drift()) == []


def test_another_volume_is_no_other_copy(town: Town) -> None:
    book = town.book(copies=0)
    for volume in "12":
        town.librarian.post(f"books/{book}/copies", {"count": 1, "volume": volume})
    town.bus.settle()
    loan = town.haneul.post("loans", {"book": book, "volume": "1"}).json()
    withdraw(town, loan["copies"][0]["id"])

    assert town.loan(town.haneul, loan)["status"] == "cancelled"
    assert town.available(book) == 1


def test_who_says_that_it_was_returned_gets_no_other(town: Town) -> None:
    book = town.book(copies=2)
    loan = town.take(town.haneul, book)
    copy = loan["copies"][0]["id"]
    assert town.librarian.post(f"copies/{copy}/mark", {"as": "claimed_returned"}).status_code == 200
    withdraw(town, copy)

    assert town.loan(town.haneul, loan)["status"] == "cancelled"
    assert town.available(book) == 1
    assert list(drift()) == []


def test_the_catalogue_keeps_a_copy_that_it_knows_to_be_out(town: Town) -> None:
    book = town.book(copies=1)
    loan = town.lend(town.haneul, book)
    assert refusal(town.librarian.delete(f"copies/{loan['copies'][0]['id']}")) == (409, "copies_on_loan")
    assert refusal(town.librarian.delete(f"books/{book}")) == (409, "copies_on_loan")


@in_each_order
def test_a_substitute_can_be_withdrawn_in_its_turn(town: Town) -> None:
    book = town.book(copies=3)
    loan = town.take(town.haneul, book)
    for copy in town.copy_ids(book):
        if copy != max(town.copy_ids(book)):
            assert town.librarian.delete(f"copies/{copy}").status_code == 204
    town.bus.settle()

    told = town.loan(town.haneul, loan)
    assert (told["status"], [copy["id"] for copy in told["copies"]]) == ("active", town.copy_ids(book))
    assert (town.available(book), town.listed(book), town.page(town.haneul)["copies_on_loan"]) == (0, 0, 1)
    assert list(drift()) == []
