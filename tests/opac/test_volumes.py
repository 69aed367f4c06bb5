"""Books whose copies differ in their volumes, on the site: one is chosen before the loan and before the hold."""

from urllib.parse import quote

import pytest

from lending.models import Hold, Loan
from tests.factories import Town
from tests.lending.overload import overloaded
from tests.opac.conftest import speaking
from tests.opac.forms import form_with, forms_of, press
from tests.opac.test_holds import words
from tests.opac.visitor import Visitor


def volumes(town: Town, *names: str) -> int:
    """A book with a copy of each of these volumes."""
    book = town.book(title="토지", copies=len(names))
    for copy, name in zip(sorted(town.copy_ids(book)), names, strict=True):
        assert town.librarian.patch(f"copies/{copy}", {"volume": name}).status_code == 200
    town.bus.settle()
    return book


def buttons(page: str) -> str:
    """What can be pressed."""
    return " | ".join(button for form in forms_of(page) for button in form.buttons)


def test_a_volume_is_chosen_before_it_is_borrowed(town: Town, haneul: Visitor) -> None:
    book = volumes(town, "상", "하")
    page = haneul.see(f"/books/{book}/borrow")
    assert "2 of 2 can be borrowed now" in words(page)
    assert ("Choose" in buttons(page), "Borrow until" in buttons(page)) == (True, False)
    page = haneul.see(f"/books/{book}/borrow", volume="하")
    assert "1 of 1 can be borrowed now" in words(page)
    assert "You have borrowed “토지”" in words(press(haneul, page, "Borrow until March 16, 2026"))
    assert (Loan.objects.get().volume, Loan.objects.get().patron_id) == ("하", town.haneul.id)

    page = speaking("en", town.jo.user).see(f"/books/{book}/borrow", volume="하")
    assert f'href="/books/{book}/hold?volume={quote("하")}"' in page
    assert "due back on March 16, 2026" in words(page)
    page = speaking("en", town.jo.user).see(f"/books/{book}/hold", volume="상")
    assert f'href="/books/{book}/borrow?volume={quote("상")}"' in page


def test_what_is_ready_of_a_volume_is_borrowed_on_the_site(town: Town, haneul: Visitor) -> None:
    book = volumes(town, "1", "2")
    loan = town.jo.post("loans", {"book": book, "volume": "2"}).json()
    press(haneul, haneul.see(f"/books/{book}/hold", volume="2"), "Place a hold")
    town.give_back(town.jo, loan)
    assert "Borrow until" not in buttons(haneul.see(f"/books/{book}/borrow"))
    press(haneul, haneul.see(f"/books/{book}/borrow", volume="2"), "Borrow until March 16, 2026")
    assert Hold.objects.get().status == "collected"


@pytest.mark.parametrize("chosen", [{}, {"volume": ""}])
def test_beside_a_copy_of_no_volume_any_will_do(town: Town, haneul: Visitor, chosen: dict[str, str]) -> None:
    book = volumes(town, "", "2")
    assert "Borrow until" in buttons(haneul.see(f"/books/{book}/borrow", **chosen))
    for copy in town.librarian.get(f"books/{book}/copies").json()["results"]:
        wanted = {"patron": town.jo.id, "barcode": copy["barcode"]}
        assert town.librarian.post("loans", wanted).status_code == 201
    page = haneul.see(f"/books/{book}/hold", **chosen)
    assert "any volume" in page
    assert "You are number 1" in words(press(haneul, page, "Place a hold"))
    assert Hold.objects.get().volume == ""


def test_a_form_without_a_volume_is_refused_where_each_copy_is_of_one(town: Town, haneul: Visitor) -> None:
    book = volumes(town, "1", "2")
    address, sent = form_with(haneul.see(f"/books/{book}/borrow", volume="1"), "Borrow until March 16, 2026")
    page = haneul.send(address, **{**sent, "volume": ""})
    assert "This was not borrowed. This book has several volumes" in words(page)
    assert not Loan.objects.exists()


def test_after_a_refusal_the_volume_is_still_chosen(town: Town, haneul: Visitor) -> None:
    book = volumes(town, "1", "2")
    address, sent = form_with(haneul.see(f"/books/{book}/borrow", volume="2"), "Borrow until March 16, 2026")
    town.jo.post("loans", {"book": book, "volume": "2"})
    page = haneul.send(address, **sent)
    assert "This was not borrowed." in words(page)
    assert '<option value="2" selected>' in page


def test_what_is_asked_for_by_volume_is_asked_for_again_where_there_is_too_much_to_do(
    town: Town, haneul: Visitor
) -> None:
    book = volumes(town, "1", "2")
    address, sent = form_with(haneul.see(f"/books/{book}/borrow", volume="2"), "Borrow until March 16, 2026")
    with overloaded():
        assert haneul.post(address, sent).status_code == 503
    assert "You have borrowed" in words(haneul.send(address, **sent))
