"""The log leaves out what is at its default, so a default means for ever what it meant when it was left out."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.release import ROOT, NoHistory, last_release, take_out


def defaults_in(folder: Path) -> dict[str, str]:
    """Each field of an event that has one, by class and name, as it is written."""
    return dict(_defaults(folder))


def _defaults(folder: Path) -> Iterator[tuple[str, str]]:
    for path in [*folder.glob("*/events.py"), *folder.glob("*/events/*.py")]:
        for event in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for field in event.body if isinstance(event, ast.ClassDef) else ():
                if isinstance(field, ast.AnnAssign) and field.value:
                    yield f"{event.name}.{ast.unparse(field.target)}", ast.unparse(field.value)


def test_a_default_is_what_it_was_in_the_last_release(tmp_path: Path) -> None:
    if not (commit := last_release()):
        pytest.skip("there is no git, or nothing was released")
    try:
        take_out(commit, tmp_path)
    except NoHistory as why:
        pytest.skip(f"the last release is not at hand: git {why}")
    now = defaults_in(ROOT)
    assert len(now) > 20
    assert {name: was for name, was in defaults_in(tmp_path).items() if now.get(name, was) != was} == {}


def test_a_default_that_changed_is_found(tmp_path: Path) -> None:
    (tmp_path / "tea").mkdir()
    (tmp_path / "tea" / "events.py").write_text("class Boiled(DomainEvent):\n    kettle: int\n    cups: int = 1\n")
    assert defaults_in(tmp_path) == {"Boiled.cups": "1"}
