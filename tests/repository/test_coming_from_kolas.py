"""docs/coming-from-kolas.md: each row names a setting that exists and a test that exists, or says how things are."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from lending.policy_fields import NAMES

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "coming-from-kolas.md"
GROUPS = {name.partition(".")[0] for name in NAMES}
SENTENCE = 25
"""Letters that a row has at least where it says how things are."""


class Row(NamedTuple):
    option: str
    there: str
    here: str
    shown_by: str


def rows() -> Iterator[Row]:
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and cells[0] != "KOLAS III" and not cells[0].startswith("---"):
            assert len(cells) == len(Row._fields), line
            yield Row(*cells)


def settings_named(row: Row) -> set[str]:
    """The policies' fields that a row names."""
    return {name for name in re.findall(r"`([a-z_]+\.[a-z_]+)`", row.here) if name.partition(".")[0] in GROUPS}


def test_the_page_is_read() -> None:
    assert len(list(rows())) > 70


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: row.option)
def test_a_row_is_true_by_a_test_or_a_sentence(row: Row) -> None:
    assert settings_named(row) <= set(NAMES)
    assert "_ROW" not in row.here
    if not row.shown_by:
        assert len(row.here) >= SENTENCE
        return
    path, _, name = row.shown_by.partition("::")
    tests = ast.parse((ROOT / path).read_text(encoding="utf-8")).body
    names = [one.name for one in tests if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")]
    assert name in names if name else names
