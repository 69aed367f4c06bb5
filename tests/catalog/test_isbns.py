"""ISBNs that have been through a spreadsheet."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import isbn as numbers

from catalog.importing.isbns import isbn_of
from catalog.importing.report import Reason

isbn10 = st.integers(0, 999_999_999).map(lambda body: f"{body:09d}{numbers._calc_isbn10_check_digit(f'{body:09d}')}")


@pytest.mark.parametrize(
    ("first", "second", "isbn"),
    [
        ("0306406152", "", "9780306406157"),
        ("0-306-40615-2", "978-0-306-40615-7", "9780306406157"),
        ("306406152", "", "9780306406157"),
        ("306406152", "9.78030640616e+12", "9780306406157"),
        ("306406152", "9.78031E+12", "9780306406157"),
        ("306406152.0", "9780306406157.0", "9780306406157"),
        ("", "9780306406157", "9780306406157"),
        ("7442912", "9.78000744291e+12", "9780007442911"),
        ("031232118X", "9.78031232118e+12", "9780312321185"),
        ("", "", None),
    ],
)
def test_a_number_is_put_together_where_nothing_is_left_to_guess(first, second, isbn):
    assert isbn_of(first, second) == (isbn, None)


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ("306406153", "", Reason.ISBN_INVALID),
        ("306406153", "9.78030640616e+12", Reason.ISBN_INVALID),
        ("0306406153", "9.78030640616e+12", Reason.ISBN_INVALID),
        ("", "9.78030640616e+12", Reason.ISBN_INCOMPLETE),
        ("306406152", "9.78031640616e+12", Reason.ISBN_CONTRADICTORY),
        ("306406152", "9.7803064061e+12", Reason.ISBN_CONTRADICTORY),
        ("306406152", "645573003012.0", Reason.ISBN_CONTRADICTORY),
        ("0306406152", "9780007442911", Reason.ISBN_CONTRADICTORY),
        ("306406152", "n/a", Reason.ISBN_CONTRADICTORY),
        ("40615", "", Reason.ISBN_INVALID),
        ("unknown", "", Reason.ISBN_INVALID),
        ("²²²²²²²", "", Reason.ISBN_INVALID),
    ],
)
def test_otherwise_there_is_none_and_the_reason_is_told(first, second, reason):
    assert isbn_of(first, second) == (None, reason)


@settings(deadline=None)
@given(isbn10, isbn10, st.sampled_from([".12g", ".6g"]))
def test_none_is_ever_invented(first, other, form):
    """Through a spreadsheet and back a number is itself, or nothing; never another."""
    lost, whole, others = first.lstrip("0"), numbers.to_isbn13(first), numbers.to_isbn13(other)

    assert isbn_of("", format(int(whole), form))[0] is None
    if len(lost) >= 6:
        assert isbn_of(lost, format(int(whole), form))[0] == whole
        if format(int(whole), ".6g") != format(int(others), ".6g"):
            assert isbn_of(lost, format(int(others), form))[0] is None


@settings(deadline=None)
@given(st.text(), st.text())
def test_any_two_cells_are_answered(first, second):
    isbn, _reason = isbn_of(first, second)
    assert isbn is None or numbers.is_valid(isbn)
