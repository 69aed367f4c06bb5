"""ISBNs that move from book to book within one file."""

import pytest

from catalog.models import Book
from tests.catalog.importing.runs import a_record, imported

pytestmark = [
    pytest.mark.django_db(databases="__all__"),
    pytest.mark.parametrize("one_by_one", [False, True], ids=["one batch", "a batch each"]),
]
QUIET, SILENT, LOUD = "9788937460449", "9788932917245", "9788954692410"
TITLES = {"1": "Quiet Harbor", "2": "Silent Sea", "3": "Loud River"}


def records(**isbns: str) -> list:
    return [a_record(TITLES[number[1:]], number[1:], isbn=isbn) for number, isbn in isbns.items()]


def isbns() -> dict[str, str | None]:
    return dict(Book.objects.order_by("pk").values_list("title", "isbn"))


def test_two_books_change_places(one_by_one: bool) -> None:
    imported(*records(_1=QUIET, _2=SILENT))

    ran = imported(*records(_1=SILENT, _2=QUIET), one_by_one=one_by_one)

    assert (ran.figures, ran.told) == ((0, 2, 0, 0, 0), [])
    assert isbns() == {"Quiet Harbor": SILENT, "Silent Sea": QUIET}


def test_three_books_move_on_by_one(one_by_one: bool) -> None:
    imported(*records(_1=QUIET, _2=SILENT, _3=LOUD))

    ran = imported(*records(_1=SILENT, _2=LOUD, _3=QUIET), one_by_one=one_by_one)

    assert (ran.figures, ran.told) == ((0, 3, 0, 0, 0), [])
    assert isbns() == {"Quiet Harbor": SILENT, "Silent Sea": LOUD, "Loud River": QUIET}


def test_undoing_it_moves_them_back(one_by_one: bool) -> None:
    imported(*records(_1=QUIET, _2=SILENT))
    ran = imported(*records(_1=SILENT, _2=QUIET), one_by_one=one_by_one)

    assert isbns() == {"Quiet Harbor": SILENT, "Silent Sea": QUIET}
    assert ran.undo() == []

    assert isbns() == {"Quiet Harbor": QUIET, "Silent Sea": SILENT}


def test_a_new_book_takes_the_isbn_that_another_leaves(one_by_one: bool) -> None:
    imported(*records(_1=QUIET))

    ran = imported(*records(_1=SILENT, _2=QUIET), one_by_one=one_by_one)

    assert (ran.figures, ran.told) == ((1, 1, 0, 0, 0), [])
    assert isbns() == {"Quiet Harbor": SILENT, "Silent Sea": QUIET}


def test_a_new_book_takes_the_isbn_that_another_leaves_behind_it(one_by_one: bool) -> None:
    imported(*records(_1=QUIET))

    ran = imported(*records(_2=QUIET, _1=SILENT), one_by_one=one_by_one)

    assert (ran.figures, ran.told) == ((1, 1, 0, 0, 0), [])
    assert isbns() == {"Quiet Harbor": SILENT, "Silent Sea": QUIET}
    assert Book.objects.get(isbn=QUIET).other_isbns == []


def test_a_book_that_keeps_its_isbn_gives_it_to_nobody(one_by_one: bool) -> None:
    imported(*records(_1=QUIET, _2=SILENT))
    Book.objects.filter(isbn=SILENT).update(isbn=LOUD)  # somebody corrected it

    ran = imported(*records(_1=LOUD, _2=QUIET), one_by_one=one_by_one)

    assert ran.told == [("isbn_taken", LOUD), ("kept", f"isbn: {QUIET}")]
    assert isbns() == {"Quiet Harbor": QUIET, "Silent Sea": LOUD}


def test_of_two_that_want_it_the_first_has_it(one_by_one: bool) -> None:
    imported(*records(_1=QUIET, _2=SILENT, _3=LOUD))

    ran = imported(*records(_1=SILENT, _3=SILENT, _2=QUIET), one_by_one=one_by_one)

    assert ran.told == [("isbn_taken", SILENT)]
    assert isbns() == {"Quiet Harbor": SILENT, "Silent Sea": QUIET, "Loud River": LOUD}
