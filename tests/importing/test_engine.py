"""The engine: every record of a file comes to something, once, whatever happens on the way."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError
from django.utils import timezone, translation

from catalog.models import Book
from kernel.importing import batches
from kernel.importing.engine import work_on
from kernel.importing.leases import row_of
from kernel.importing.models import Doubt, Entry
from kernel.importing.services import DecidedAlready, NotNow, decide_doubt, resume_import, stop_import, undo_import
from kernel.importing.uploads import FileTooLarge, path_of
from kernel.storage.databases import database_of
from kernel.storage.rehearsing import rehearsing
from library.operations.tasks import drop_uploads
from tests.importing import titles
from tests.importing.importing import at_work, counts, gone_on_with, registrations, taken_in, told, uploaded
from tests.importing.titles import TITLES

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)


def undone(run: Any) -> Any:
    """The import, undone by a worker."""
    undo_import(run, kind=TITLES, by=9, via="admin")
    work_on(at_work(run), lambda: path_of(run))
    run.refresh_from_db()
    return run


def test_each_record_is_counted_once() -> None:
    run = taken_in("토지", "Emma", "토지", "!zzz", "?Emma", "=Emma")
    assert (run.status, counts(run), run.expected) == ("done", (6, 2, 1, 1, 1, 1), 6)
    assert told(run) == [(4, "skipped", "unreadable"), (5, "doubt", "in_doubt"), (6, "updated", "")]
    assert Doubt.objects.using(run._state.db).get(run=run.pk).label == "Emma"
    assert run.ended_at
    assert run.lease_until is None


def test_the_events_of_an_import_carry_who_the_door_and_one_correlation_id() -> None:
    run = taken_in("토지", "Emma", by=17)
    events = registrations()
    assert set(events.values_list("by", "via", "correlation_id")) == {(17, "admin", run.correlation_id)}


@pytest.mark.usefixtures("_small_batches")
def test_stopped_half_way_and_resumed_it_goes_on_where_it_was() -> None:
    run = uploaded(*"abcde")
    gone_on_with(run, should_pause=lambda: bool(stop_import(run, now=NOW)) or True)
    assert (run.status, counts(run)) == ("stopped", (2, 2, 0, 0, 0, 0))
    gone_on_with(run)
    assert (run.status, counts(run)) == ("done", (5, 5, 0, 0, 0, 0))
    assert Book.objects.count() == 5


def test_who_stops_it_behind_the_last_record_finds_it_stopped_and_resumed_it_is_done() -> None:
    run = uploaded(*"ab")
    resume_import(run, kind=TITLES)

    def read_and_stop(*args: Any) -> Iterator[Any]:
        stop_import(row_of(run).get(), now=NOW)
        yield from ()

    work = at_work(run)
    row_of(run).update(position=2)
    run.position = 2
    work_on(replace(work, kind=replace(TITLES, read=read_and_stop)), lambda: path_of(run))
    assert row_of(run).values_list("status", "lease_until").get() == ("stopped", None)
    assert gone_on_with(run).status == "done"


@pytest.mark.usefixtures("_small_batches")
def test_a_file_that_breaks_off_keeps_what_came_before_and_can_be_resumed() -> None:
    run = taken_in(*"abc", "BREAK", "d")
    assert (run.status, counts(run)) == ("failed", (3, 3, 0, 0, 0, 0))
    assert run.error == "The file breaks off behind record 3."
    path = path_of(run)
    path.write_text(path.read_text().replace("BREAK", "x"))
    gone_on_with(run)
    assert (run.status, run.error, counts(run)) == ("done", "", (5, 5, 0, 0, 0, 0))


@pytest.mark.usefixtures("_small_batches")
def test_a_fault_of_the_library_breaks_it_off_with_a_sentence_in_the_language_of_whoever_started_it() -> None:
    with translation.override("ko"):
        run = uploaded(*"ab", "BUG")
    gone_on_with(run)
    assert (run.status, run.position) == ("failed", 2)
    assert "ValueError: a bug of the reader" in run.error
    assert "2번" in run.error


def test_a_record_that_the_database_refuses_is_skipped_and_the_others_come_in() -> None:
    Book.objects.create(title="토지", isbn="9788937460777", registered_at=NOW)
    run = taken_in("a", "b|9788937460777", "c")
    assert (run.status, counts(run)) == ("done", (3, 2, 0, 0, 1, 0))
    assert told(run) == [(2, "skipped", "refused")]
    assert set(Book.objects.values_list("title", flat=True)) == {"토지", "a", "c"}


def test_a_file_without_a_record_is_told_so() -> None:
    run = taken_in()
    assert (run.status, run.position) == ("failed", 0)
    assert "no record" in run.error


def test_a_rehearsal_changes_nothing_and_tells_the_same() -> None:
    lines = ("토지", "Emma", "!zzz", "b|9788937460777")
    Book.objects.create(title="토지", isbn="9788937460777", registered_at=NOW)
    with rehearsing("catalog"):
        rehearsal = taken_in(*lines)
        rehearsed = counts(rehearsal), told(rehearsal)
    assert Book.objects.count() == 1
    assert not registrations().exists()
    run = taken_in(*lines)
    assert rehearsed == (counts(run), told(run))
    assert counts(run) == (4, 1, 0, 1, 2, 0)


def test_undoing_takes_back_what_came_and_names_what_is_kept() -> None:
    run = taken_in("토지", "Emma", "?Emma", by=17)
    Book.objects.filter(title="Emma").update(call_number="813")
    undone(run)
    assert (run.status, run.reverted, run.reverted_by) == ("reverted", 2, 9)
    assert list(Book.objects.values_list("title", flat=True)) == ["Emma"]
    assert told(run)[0] == (0, "kept", "kept")
    doubt = Doubt.objects.using(run._state.db).get()
    assert (doubt.decision, doubt.decided_by) == ("aside", 9)
    with pytest.raises(NotNow):
        resume_import(run, kind=TITLES)


def test_what_is_asked_of_an_import_must_fit_its_state() -> None:
    run = uploaded("a")
    for service in (lambda: stop_import(run, now=NOW), lambda: undo_import(run, kind=TITLES, by=1, via="admin")):
        with pytest.raises(NotNow, match="uploaded"):
            service()
    gone_on_with(run)
    with pytest.raises(NotNow, match="done"):
        resume_import(run, kind=TITLES)


def test_an_upload_is_kept_while_it_is_needed(django_capture_on_commit_callbacks: Any) -> None:
    run = uploaded("a", "BREAK", name="../목록.TXT")
    assert path_of(run).read_text() == "a\nBREAK\n"
    assert (run.file_name, path_of(run).name) == ("목록.TXT", f"{run.digest}.txt")
    gone_on_with(run)
    path = path_of(run)
    assert path.exists()
    path.write_text("a\nb\n")
    with django_capture_on_commit_callbacks(using=database_of("catalog"), execute=True):
        gone_on_with(run)
    assert not path.exists()


def test_two_uploads_of_one_file_do_not_share_it() -> None:
    one, other = uploaded("a"), uploaded("a")
    assert one.digest == other.digest
    gone_on_with(one)
    assert counts(gone_on_with(other)) == (1, 0, 0, 1, 0, 0)


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kernel.importing.uploads.LARGEST", 3)
    with pytest.raises(FileTooLarge, match="at most 0 MB"):
        uploaded("abcd")


def test_a_file_that_is_gone_is_told_so() -> None:
    run = uploaded("a")
    path_of(run).unlink()
    gone_on_with(run)
    assert (run.status, "upload it again" in run.error) == ("failed", True)


def test_files_that_nobody_goes_on_with_are_forgotten_after_a_month() -> None:
    never, failed, young, done = uploaded("a"), taken_in("b", "BREAK"), uploaded("c"), taken_in("d")
    going_on = uploaded("e")
    resume_import(going_on, kind=TITLES)
    old = NOW - timedelta(days=31)
    for run in (never, failed, done, going_on):
        row_of(run).update(created_at=old, ended_at=None if run.status in ("uploaded", "running") else old)
    paths = {run.pk: path_of(run) for run in (never, failed, young, going_on)}
    assert drop_uploads() == 2
    assert {key for key, path in paths.items() if path.exists()} == {young.pk, going_on.pk}
    assert not row_of(never).exists()
    assert row_of(failed).exists()
    gone_on_with(failed)
    assert "upload it again" in failed.error


def test_labels_and_details_of_any_kind_are_written() -> None:
    run = taken_in("!" + "가" * 400 + "\0")
    assert len(Entry.objects.using(run._state.db).get().label) == 300


def test_an_error_of_the_database_that_is_no_records_fault_breaks_the_import_off() -> None:
    def broken(*_: Any) -> Any:
        raise ProgrammingError("no such column")

    run = uploaded("a")
    resume_import(run, kind=TITLES)
    work_on(replace(at_work(run), kind=replace(TITLES, take=broken)), lambda: path_of(run))
    run.refresh_from_db()
    assert (run.status, "no such column" in run.error) == ("failed", True)


def test_a_doubt_is_decided_once() -> None:
    run = taken_in("Emma", "?Emma", "?Emma", "?Emma")
    first, second, third = Doubt.objects.using(run._state.db).order_by("pk")
    decide = {"kind": TITLES, "by": 5, "now": NOW}
    assert decide_doubt(first.pk, decision="same", **decide) == "It is the same."
    assert decide_doubt(second.pk, decision="other", **decide) == "Registered."
    assert decide_doubt(third.pk, decision="aside", **decide) == "It is set aside."
    assert Book.objects.filter(title="Emma (2)").count() == 1
    with pytest.raises(DecidedAlready):
        decide_doubt(second.pk, decision="other", **decide)
    assert set(Doubt.objects.using(run._state.db).values_list("decided_by", flat=True)) == {5}


def test_what_a_kind_refuses_leaves_the_doubt_open() -> None:
    run = taken_in("refused", "?refused")
    doubt = Doubt.objects.using(run._state.db).get()
    with pytest.raises(titles.NotTheSame):
        decide_doubt(doubt.pk, decision="same", kind=TITLES, by=5, now=NOW)
    doubt.refresh_from_db()
    assert doubt.decision == ""
    assert row_of(run).exists()
