"""`import_books`, `undo_import` and `imports`: the engine from the command line."""

import json
import signal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from catalog.models import Book
from kernel.importing import batches, engine
from kernel.importing.command import LEASE
from kernel.importing.models import Doubt, Import
from kernel.importing.queries import imports_of
from kernel.storage.databases import database_of
from kernel.storage.postgresql.counting import count_all
from tests.importing.importing import a_file, counts, registrations, taken_in
from tests.importing.titles import TITLES

pytestmark = pytest.mark.django_db
STOPS = pytest.mark.parametrize(
    ("told", "ends"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)], ids=["Ctrl-C", "docker stop"]
)


class Killed(BaseException):
    """As by SIGKILL: nothing is tidied up behind it."""


def run(path: Path, **options: Any) -> str:
    """What the command prints."""
    out = options.setdefault("stdout", StringIO())
    call_command("import_books", str(path), **options)
    return str(out.getvalue())


def the_import() -> Import:
    """The one that there is."""
    return imports_of(TITLES).get()


def test_a_file_is_taken_in_where_it_is(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(a_file(tmp_path, "토지", "Emma")) == "2 read: 2 added, 0 updated, 0 unchanged, 0 skipped\n"
    assert capfd.readouterr().err == ""
    found = the_import()
    assert (found.status, found.stored_as, found.file_name, found.by) == ("done", "", "titles.txt", None)
    assert found.options["source"] == ""
    assert set(registrations().values_list("by", "via")) == {(None, "command")}


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's plans do not depend on what was counted")
def test_behind_many_records_the_database_counts_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def counted() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'catalog_book'")
            return int(cursor.fetchone()[0])

    count_all("default")
    before = counted()
    run(a_file(tmp_path, "토지"))
    assert counted() == before
    monkeypatch.setattr(engine, "MANY", 2)
    run(a_file(tmp_path, "Emma", "광장"))
    assert counted() == before + 3


@pytest.mark.parametrize("rehearsed", [False, True])
def test_a_report_never_takes_the_place_of_the_file(tmp_path: Path, rehearsed: bool) -> None:
    file = a_file(tmp_path, "토지")
    file = file.rename(file.with_suffix(".csv"))
    before, link = file.read_bytes(), tmp_path / "report.csv"
    link.symlink_to(file)
    for report in (file, link):
        with pytest.raises(CommandError, match="would overwrite"):
            run(file, report=report, dry_run=rehearsed)
    assert file.read_bytes() == before
    assert not imports_of(TITLES).exists()


def test_a_report_that_can_not_be_written_is_an_error_of_one_line(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No space left"):
        run(a_file(tmp_path, "토지"), report=_full(tmp_path))
    assert the_import().status == "done"


def _full(folder: Path) -> Path:
    """A file on a disk that is full."""
    (folder / "full.csv").symlink_to("/dev/full")
    return folder / "full.csv"


def test_what_is_lost_or_in_doubt_is_an_exit_status_of_its_own(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    with pytest.raises(CommandError, match="2 records") as caught:
        run(a_file(tmp_path, "Emma", "!zzz", "?Emma"), report=report)
    assert caught.value.returncode == 3
    written = json.loads(report.read_text("utf-8"))
    assert [entry["number"] for entry in written["records"]] == [2, 3]


def test_a_file_that_breaks_off_is_an_error_and_what_came_before_stays(tmp_path: Path) -> None:
    path = a_file(tmp_path, "a", "b", "BREAK")
    for resume in (False, True):
        with pytest.raises(CommandError, match="behind record 2") as caught:
            run(path, resume=resume)
        assert (caught.value.returncode, the_import().position, Book.objects.count()) == (1, 2, 2)
    with pytest.raises(CommandError, match="No import of this file"):
        run(a_file(tmp_path, "c"), resume=True)


@STOPS
def test_interrupted_it_stops_and_goes_on_when_told_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: signal.Signals, ends: type[BaseException]
) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)
    path = a_file(tmp_path, *"abcde")
    with monkeypatch.context() as patched:
        patched.setattr("kernel.importing.engine._is_going_on", lambda _: signal.raise_signal(told))
        with pytest.raises(ends):
            run(path)
    found = the_import()
    assert (found.status, counts(found), found.lease_until) == ("stopped", (2, 2, 0, 0, 0, 0), None)
    assert run(path, resume=True).startswith("5 read: 5 added")
    assert the_import().status == "done"


def test_one_that_was_killed_goes_on_when_its_lease_has_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)
    path = a_file(tmp_path, *"abcde")

    def killed(_: object) -> bool:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("kernel.importing.engine._is_going_on", killed)
        with pytest.raises(Killed):
            run(path)
    with pytest.raises(CommandError, match="If that was killed, go on with it from"):
        run(path, resume=True)

    with time_machine.travel(timezone.now() + LEASE, tick=True):
        assert run(path, resume=True).startswith("5 read: 5 added")
    assert the_import().status == "done"


@STOPS
def test_undoing_that_was_interrupted_goes_on_when_told_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: signal.Signals, ends: type[BaseException]
) -> None:
    monkeypatch.setattr(engine, "BATCH", 2)
    run(a_file(tmp_path, *"abcde"))
    with monkeypatch.context() as patched:
        patched.setattr("kernel.importing.engine._is_going_on", lambda _: signal.raise_signal(told))
        with pytest.raises(ends):
            call_command("undo_import", str(the_import().pk))
    assert (the_import().status, the_import().reverted, the_import().lease_until) == ("reverting", 2, None)

    call_command("undo_import", str(the_import().pk), stdout=(out := StringIO()))

    assert (out.getvalue(), the_import().status) == ("Taken back: 5; kept: 0.\n", "reverted")
    with pytest.raises(CommandError, match="can't be done with an import that is in this state: undone"):
        call_command("undo_import", str(the_import().pk))


def test_a_rehearsal_leaves_nothing_behind(tmp_path: Path) -> None:
    Book.objects.create(title="Emma", registered_at=timezone.now())
    with pytest.raises(CommandError, match="1 record "):
        run(a_file(tmp_path, "토지", "?Emma"), dry_run=True, stdout=(out := StringIO()))
    assert out.getvalue().splitlines()[-1] == "This was a rehearsal: nothing was changed."
    assert (Book.objects.count(), imports_of(TITLES).count()) == (1, 0)
    assert not Doubt.objects.using(database_of("catalog")).exists()


def test_a_preview_shows_how_the_file_is_understood_and_takes_nothing_in(tmp_path: Path) -> None:
    told = run(a_file(tmp_path, "토지", "Emma"), preview=True).splitlines()
    assert told[:3] == ["titles, utf-8", "  제목: title", "  비고: –"]
    assert told[-2:] == ["1. title: 토지", "2. title: Emma"]
    assert imports_of(TITLES).count() == 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"encoding": "latin-99"}, "--encoding: .*latin-99"),
        ({"report": Path("/nowhere/report.json")}, "can't be written"),
        ({"report": Path("/tmp/report.txt")}, "can't be written"),
        ({"map": ["nothing"]}, "--map takes FIELD=COLUMN; the fields are title, publisher"),
    ],
)
def test_nonsense_is_refused_before_anything_is_done(tmp_path: Path, options: Any, sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(a_file(tmp_path, "a"), **options)
    with pytest.raises(CommandError, match="There is no file"):
        run(tmp_path / "nothing.txt")
    assert imports_of(TITLES).count() == 0


def test_undoing_names_what_it_keeps_and_a_rehearsal_of_it_changes_nothing() -> None:
    number = taken_in("토지", "Emma").pk
    Book.objects.filter(title="Emma").update(call_number="813")
    for rehearsal in (True, False):
        out = StringIO()
        call_command("undo_import", number, dry_run=rehearsal, stdout=out)
        assert out.getvalue().splitlines()[0].startswith("  Emma: a field stays")
        assert "Taken back: 1; kept: 1." in out.getvalue()
        assert Book.objects.count() == (2 if rehearsal else 1)
    with pytest.raises(CommandError, match="in this state: undone"):
        call_command("undo_import", number)
    with pytest.raises(CommandError, match="There is no import 0"):
        call_command("undo_import", 0)


def test_imports_are_listed() -> None:
    number = taken_in("토지", "!zzz").pk
    call_command("imports", stdout=(out := StringIO()))
    assert out.getvalue().startswith(f"books {number}  ")
    assert out.getvalue().rstrip().endswith("done  titles.txt  2 = 1 + 0 + 0 + 1 + 0")
