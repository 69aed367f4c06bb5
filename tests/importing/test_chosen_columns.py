"""What a column is taken for when somebody has chosen."""

import pytest

from kernel.importing.records import CannotImportError
from kernel.importing.tables.columns import columns_of, has_column

HEADER = ["서명", "출판사"]
KNOWN = {"title": "서명", "publisher": "출판사 발행자"}


def test_a_field_that_no_column_is_to_be_taken_for_has_none() -> None:
    assert columns_of(HEADER, KNOWN, {}, "title") == {"title": 0, "publisher": 1}
    chosen = {"title": "서명", "publisher": ""}
    assert columns_of(HEADER, KNOWN, chosen, "title") == {"title": 0}
    assert has_column(HEADER, KNOWN, chosen, "title")


def test_without_the_column_that_is_needed_there_is_no_table() -> None:
    with pytest.raises(CannotImportError, match="no column title"):
        columns_of(HEADER, KNOWN, {"title": "", "publisher": "출판사"}, "title")
