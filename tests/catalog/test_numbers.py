"""New copies get the next registration numbers of their letters."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.utils import timezone

from catalog.models import Book, Copy
from catalog.services import add_copies, register_book, withdraw_copy
from catalog.services.numbers import NumbersUsedUp
from tests.admin.door import a_librarian
from tests.bus import Bus

NOW, AT_ONCE, LIMIT = timezone.now(), 4, 30


def numbers_of(count: int, letters: str, book: Book | None = None) -> list[str]:
    """What so many new copies got."""
    book = book or register_book(now=NOW, title="토지")
    return [copy.barcode for copy in add_copies(book.pk, now=NOW, count=count, letters=letters)]


@pytest.mark.django_db
def test_numbers_go_on_behind_the_last_of_their_letters(bus: Bus) -> None:
    book = register_book(now=NOW, title="토지")
    others = ["EM41", "EMX000000999", "EM00000000417", "em0000000041", "DV0000000900"]
    add_copies(book.pk, now=NOW, barcodes=others)
    assert numbers_of(2, "em", book) == ["EM0000000042", "EM0000000043"]
    withdraw_copy(Copy.objects.get(barcode="EM0000000043").pk, now=NOW)
    assert numbers_of(1, "EM") == ["EM0000000044"], "a number that was on a copy is not on another one"
    assert numbers_of(1, "NEW") == ["NEW000000001"]
    add_copies(book.pk, now=NOW, barcodes=["EM9999999998"])
    assert numbers_of(1, "EM") == ["EM9999999999"]
    with pytest.raises(NumbersUsedUp):
        numbers_of(1, "EM")


@pytest.mark.django_db
def test_a_cataloguer_says_how_many_and_which_letters() -> None:
    door, book = a_librarian(roles=["cataloguer"]), register_book(now=NOW, title="토지")
    typed = {"title": "토지", "copies-TOTAL_FORMS": "0", "copies-INITIAL_FORMS": "0"}
    for faulty, sentence in (
        ({"letters": "EM"}, "Say how many copies"),
        ({"letters": "E-", "copies": "1"}, "from A to Z only"),
        ({"letters": "EMEMX", "copies": "1"}, "at most 4 characters"),
    ):
        assert sentence in door.send("catalog_book_change", book.pk, **typed, **faulty)
    door.send("catalog_book_change", book.pk, **typed, copies="2", letters="em")
    assert list(book.copies.order_by("pk").values_list("barcode", flat=True)) == ["EM0000000001", "EM0000000002"]


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_get_numbers_of_their_own() -> None:
    books = [register_book(now=NOW, title=f"토지 {number}") for number in range(AT_ONCE)]
    numbers_of(1, "EM")
    gate = Barrier(AT_ONCE, timeout=LIMIT)

    def ask(book: Book) -> list[str]:
        gate.wait()
        try:
            return numbers_of(3, "EM", book)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        got = [future.result(LIMIT) for future in [pool.submit(ask, book) for book in books]]
    assert len({number for numbers in got for number in numbers}) == 3 * AT_ONCE
