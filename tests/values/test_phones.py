"""Telephone numbers, however they are written."""

import pytest

from kernel.values.phones import read_phone

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("010-1234-5678", "010-1234-5678"),
        ("01012345678", "010-1234-5678"),
        ("010.1234.5678", "010-1234-5678"),
        ("０１０－１２３４－５６７８", "010-1234-5678"),
        ("+82 10-1234-5678", "010-1234-5678"),
        ("+82 (0)10 1234 5678", "010-1234-5678"),
        ("1012345678", "010-1234-5678"),
        (1012345678.0, "010-1234-5678"),
        ("tel:02)123-4567", "02-123-4567"),
        ("0212345678", "02-1234-5678"),
        ("0311234567", "031-123-4567"),
        ("050512345678", "0505-1234-5678"),
        ("15881234", "1588-1234"),
        ("+1 (555) 123-4567", "+15551234567"),
        ("(555) 123-4567", "555-123-4567"),
        ("123-4567", "123-4567"),
    ],
)
def test_one_number_is_written_in_one_way(written: object, number: str) -> None:
    assert read_phone(written) == number
    assert read_phone(number) == number


@pytest.mark.parametrize(
    "written", ["", "없음", "1234", "010-1234-5678 / 02-123-4567", "1" * 16, "010-1234-ABCD", True]
)
def test_what_is_no_number_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match=r"telephone|neither"):
        read_phone(written)
