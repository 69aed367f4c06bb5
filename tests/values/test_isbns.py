"""ISBNs, as people, scanners, records and spreadsheets write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import isbn as numbers

from kernel.values.damaged_isbns import ContradictoryIsbnError, IncompleteIsbnError, read_isbn_of_cells
from kernel.values.isbns import Isbn, read_isbn

isbn10 = st.integers(0, 999_999_999).map(lambda body: f"{body:09d}{numbers._calc_isbn10_check_digit(f'{body:09d}')}")
blanks = st.sampled_from(["", "-", " ", "\u2010", "\u2013", "\uff0d", "ー", "ㅡ"])

NONE = "|9780306406158|0306406153|979-0-2306-7118-7|M-2306-7118-7|978030640615|ISBN|97803064061577|해리 포터|²²²²²²²"
NONE += "|9780306406157\0"


@pytest.mark.parametrize(
    ("given_text", "digits", "addon", "of_set"),
    [
        ("9780306406157", "9780306406157", "", False),
        (9780306406157, "9780306406157", "", False),
        (9780306406157.0, "9780306406157", "", False),
        ("0-306-40615-2", "9780306406157", "", False),
        ("080442957x", "9780804429573", "", False),
        ("89-374-8328-9 03810 : ₩9000", "9788937483288", "03810", False),
        ("ISBN 978-89-374-8329-5 (양장)", "9788937483295", "", False),
        ("ISBN-13: 978 89 374 8330 1", "9788937483301", "", False),
        ("ISBN10 0306406152", "9780306406157", "", False),
        ("ISBN 1-86197-271-7", "9781861972712", "", False),
        ("9788937483318(v.1)", "9788937483318", "", False),
        ("(v.1) 9788937483318", "9788937483318", "", False),
        ("v.1: 9788937483318", "9788937483318", "", False),
        ("9788937483332;", "9788937483332", "", False),
        ("9788937483349.", "9788937483349", "", False),
        ("978‐89‐374‐8335‐6", "9788937483356", "", False),
        ("９７８８９３７４８３３６３", "9788937483363", "", False),
        ("978893748326404810", "9788937483264", "04810", False),
        ("9788937483264 04810", "9788937483264", "04810", False),
        ("9788937483264 : 12000원", "9788937483264", "", False),
        ("9788937483264 15000원", "9788937483264", "", False),
        ('="9780439023481"', "9780439023481", "", False),
        ("\ufeff9780306406157\r\n", "9780306406157", "", False),
        ("9788937483257 (세트)", "9788937483257", "", True),
        ("9788937483257 (전3권)", "9788937483257", "", True),
    ],
)
def test_an_isbn_is_read_however_it_is_written(given_text, digits, addon, of_set):
    assert read_isbn(given_text) == Isbn(digits, addon, of_set)


@pytest.mark.parametrize("given_text", [*NONE.split("|"), True, None, "a" * 10_000])
def test_what_is_none_is_refused(given_text):
    with pytest.raises(ValueError, match=r"."):
        read_isbn(given_text)


def test_printed_music_is_named():
    with pytest.raises(ValueError, match="printed music"):
        read_isbn("9790230671187")


@given(isbn10, st.booleans(), st.lists(blanks, min_size=13, max_size=13), st.sampled_from(["", "ISBN ", "(v.2) "]))
def test_signs_between_the_digits_change_nothing(number, as_thirteen, between, front):
    whole = numbers.to_isbn13(number)
    digits = whole if as_thirteen else number
    written = front + "".join(sign + digit for sign, digit in zip(between, digits, strict=False))
    assert read_isbn(written).digits == whole


@given(st.text())
def test_any_text_is_answered(text):
    try:
        assert numbers.is_valid(read_isbn(text).digits)
    except ValueError:
        return


@pytest.mark.parametrize(
    ("first", "second", "isbn"),
    [
        ("0306406152", "", "9780306406157"),
        ("0-306-40615-2", "978-0-306-40615-7", "9780306406157"),
        ("306406152", "", "9780306406157"),
        ("306406152", "9.78030640616e+12", "9780306406157"),
        ("306406152", "9.78031E+12", "9780306406157"),
        ("306406152.0", "9780306406157.0", "9780306406157"),
        (306406152, 9780306406157.0, "9780306406157"),
        ("", "9780306406157", "9780306406157"),
        ("7442912", "9.78000744291e+12", "9780007442911"),
        ("031232118X", "9.78031232118e+12", "9780312321185"),
        ('="0439023483"', '="9780439023481"', "9780439023481"),
        ("", "", None),
        ('=""', "", None),
    ],
)
def test_a_number_is_put_together_where_nothing_is_left_to_guess(first, second, isbn):
    found = read_isbn_of_cells(first, second)
    assert (found and found.digits) == isbn


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        ("306406153", "", ValueError),
        ("306406153", "9.78030640616e+12", ValueError),
        ("0306406153", "9.78030640616e+12", ValueError),
        ("", "9.78030640616e+12", IncompleteIsbnError),
        ("306406152", "9.78031640616e+12", ContradictoryIsbnError),
        ("306406152", "9.7803064061e+12", ContradictoryIsbnError),
        ("306406152", "645573003012.0", ContradictoryIsbnError),
        ("0306406152", "9780007442911", ContradictoryIsbnError),
        ("306406152", "n/a", ContradictoryIsbnError),
        ("40615", "", ValueError),
        ("unknown", "", ValueError),
        ("²²²²²²²", "", ValueError),
    ],
)
def test_otherwise_there_is_none_and_the_reason_is_told(first, second, kind):
    with pytest.raises(ValueError, match=r".") as told:
        read_isbn_of_cells(first, second)
    assert type(told.value) is kind


@given(isbn10, isbn10, st.sampled_from([".12g", ".6g"]))
def test_none_is_ever_invented(first, other, form):
    """Through a spreadsheet and back a number is itself, or nothing; never another."""
    lost, whole, others = first.lstrip("0"), numbers.to_isbn13(first), numbers.to_isbn13(other)

    assert _or_none("", format(int(whole), form)) is None
    if len(lost) >= 6:
        assert _or_none(lost, format(int(whole), form)) == whole
        if format(int(whole), ".6g") != format(int(others), ".6g"):
            assert _or_none(lost, format(int(others), form)) is None


def _or_none(first: str, second: str) -> str | None:
    try:
        found = read_isbn_of_cells(first, second)
    except ValueError:
        return None
    return found and found.digits
