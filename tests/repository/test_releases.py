"""The version stands everywhere as in pyproject.toml, and RELEASES and benchmarks/REFERENCE name commits."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from benchmarks.client import Load
from benchmarks.reference import REFERENCE, rates_in
from benchmarks.table import Table
from tests import release
from tests.release import ROOT, last_release, releases, this_version, why_at_rest


def test_the_version_is_one_everywhere() -> None:
    assert settings.SPECTACULAR_SETTINGS["VERSION"] == this_version()
    versions = re.findall(r"^## (\d[\d.]*)", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert versions[0] == this_version()


def test_each_release_has_its_commit() -> None:
    if not (commit := last_release()):
        pytest.skip("there is no git here")
    assert [*releases().values()][-1] == commit
    assert re.fullmatch("[0-9a-f]{40}", REFERENCE.read_text().strip())


@pytest.mark.parametrize("line", ["0.1.0 7c56d17", "v0.3.0 " + "a" * 40, "0.0.9 " + "a" * 40, "0.1.0 " + "a" * 40])
def test_a_line_that_names_no_later_release_is_refused(tmp_path: Path, monkeypatch: Any, line: str) -> None:
    (tmp_path / "RELEASES").write_text(f"# each\n0.1.0 {'b' * 40}\n{line}\n")
    monkeypatch.setattr(release, "ROOT", tmp_path)
    with pytest.raises(SystemExit, match="RELEASES has a line"):
        releases()


def test_a_release_of_another_history_is_named(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(release, "releases", lambda: {"0.1.0": "b" * 40})
    with pytest.raises(SystemExit, match=r"The commit of 0\.1\.0 is not in this history"):
        last_release()


def test_two_releases_rest_until_the_version_that_binds(monkeypatch: Any) -> None:
    assert not why_at_rest()
    monkeypatch.setattr(release, "this_version", lambda: "0.3.0")
    assert why_at_rest() == "this is 0.3.0: until 0.4.0 the tables may change freely"


def test_the_rates_of_a_printed_table_are_read(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("SQLite 3: 2,000 books\nweb processes: 1, load before: 0.1")
    table.add("patron's page", Load(taken=[0.001] * 1_500, elapsed=1.0))
    table.add_times("borrow to page, idle", [0.1])
    assert list(rates_in(capsys.readouterr().out)) == [("patron's page", 1500.0)]
