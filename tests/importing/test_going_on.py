"""Workers go on with imports: a slice at a time, one worker at once, and after one has died another."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.utils import timezone
from django_q.models import OrmQ, Schedule

from catalog.models import Book
from kernel.importing import batches, tasks
from kernel.importing.batches import take_batch
from kernel.importing.engine import work_on
from kernel.importing.leases import LeaseLostError, row_of, take_lease
from kernel.importing.models import Import
from kernel.importing.services import resume_import, undo_import
from kernel.importing.tasks import LEASE, MOST_ATTEMPTS, go_on_with_imports
from kernel.importing.uploads import path_of
from tests.importing.importing import at_work, counts, taken_in, uploaded
from tests.importing.titles import KIND_PATH, TITLES, Line
from tests.processes import run as run_python

CHILD = f"""
import django
from django.conf import settings
django.setup()
settings.IMPORTS = ["{KIND_PATH}"]
from kernel.importing import batches, tasks
batches.BATCH = 2
tasks.go_on_with_imports()
"""


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH", 2)


def started(*lines: str) -> Import:
    """An import that a worker has to do."""
    run = uploaded(*lines)
    resume_import(run, kind=TITLES)
    return run


@pytest.mark.django_db
def test_a_slice_of_time_ends_behind_a_batch_and_asks_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    run = started(*"abcde")
    OrmQ.objects.all().delete()
    monkeypatch.setattr(tasks, "TIME_LIMIT", -1)
    for position in (2, 4, 5):
        go_on_with_imports()
        run.refresh_from_db()
        assert (run.position, run.status, run.lease_until) == (position, "running", None)
    assert OrmQ.objects.count() == 3
    go_on_with_imports()
    run.refresh_from_db()
    assert (run.status, counts(run)) == ("done", (5, 5, 0, 0, 0, 0))


@pytest.mark.django_db
def test_two_imports_are_both_done() -> None:
    runs = started(*"abc"), started(*"abcd")
    go_on_with_imports()
    for run in runs:
        run.refresh_from_db()
    assert [run.status for run in runs] == ["done", "done"]
    assert Book.objects.count() == 4


@pytest.mark.django_db
def test_an_undoing_is_gone_on_with_too() -> None:
    run = taken_in(*"abcde")
    undo_import(run, kind=TITLES, by=1, via="admin")
    go_on_with_imports()
    run.refresh_from_db()
    assert (run.status, run.reverted, Book.objects.count()) == ("reverted", 5, 0)


@pytest.mark.django_db
def test_what_another_worker_has_is_left_alone_until_its_lease_ends() -> None:
    run = started(*"abc")
    now = timezone.now()
    assert take_lease(run, now=now, until=now + LEASE)
    go_on_with_imports()
    run.refresh_from_db()
    assert (run.status, run.position) == ("running", 0)
    with time_machine.travel(now + LEASE + timedelta(seconds=1)):
        go_on_with_imports()
    run.refresh_from_db()
    assert (run.status, run.position) == ("done", 3)


@pytest.mark.django_db
def test_a_worker_whose_lease_was_taken_writes_nothing_more() -> None:
    run = started(*"abc")
    slow = at_work(run)
    later = timezone.now() + LEASE * 2
    other = row_of(run).get()
    assert take_lease(other, now=later, until=later + LEASE)
    with pytest.raises(LeaseLostError):
        take_batch(slow, [Line(number=1, title="a")])
    assert Book.objects.count() == 0
    work_on(slow, lambda: path_of(run))
    assert row_of(run).values_list("status", "position", "lease_until").get() == ("running", 0, other.lease_until)


@pytest.mark.django_db
def test_an_import_that_kills_its_workers_again_and_again_is_given_up() -> None:
    run = started(*"abc")
    for attempt in range(MOST_ATTEMPTS + 1):
        now = timezone.now() + attempt * LEASE * 2
        with time_machine.travel(now):
            assert take_lease(run, now=now, until=now + LEASE)
            run.refresh_from_db()
    with time_machine.travel(now + LEASE * 2):
        go_on_with_imports()
    run.refresh_from_db()
    assert (run.status, run.position) == ("failed", 0)
    assert "workers died" in run.error


@pytest.mark.django_db
def test_while_the_database_is_out_of_reach_the_import_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    run = started(*"abc")

    def away(*_: Any) -> Any:
        raise OperationalError("the server closed the connection")

    with monkeypatch.context() as patched:
        patched.setattr("kernel.storage.databases._away", {})
        patched.setattr("kernel.importing.batches.renew_lease", lambda *_, **__: away())
        go_on_with_imports()
    run.refresh_from_db()
    assert (run.status, run.position, run.error) == ("running", 0, "")
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        go_on_with_imports()
    run.refresh_from_db()
    assert (run.status, run.position) == ("done", 3)


@pytest.mark.django_db
def test_a_commands_import_is_no_workers_and_counts_as_stopped_when_the_command_was_killed() -> None:
    run = uploaded("a")
    row_of(run).update(stored_as="", status="running")
    go_on_with_imports()  # the command has not taken its lease yet
    run.refresh_from_db()
    assert (run.status, run.error) == ("running", "")
    now = timezone.now()
    assert take_lease(run, now=now, until=now + LEASE)
    go_on_with_imports()
    run.refresh_from_db()
    assert (run.status, run.position) == ("running", 0)
    with time_machine.travel(now + LEASE + timedelta(seconds=1)):
        go_on_with_imports()
    run.refresh_from_db()
    assert (run.status, run.position, run.lease_until) == ("stopped", 0, None)


@pytest.mark.django_db
def test_the_clock_looks_for_them_each_minute() -> None:
    assert Schedule.objects.filter(func="kernel.importing.tasks.go_on_with_imports", schedule_type="I").exists()


@pytest.mark.django_db(transaction=True)
def test_after_sigkill_another_worker_goes_on_where_the_last_batch_ended(settings: Any) -> None:
    run = started(*"abcde", "DIE", "f")
    killed = run_python("-c", CHILD, FILES_DIR=str(settings.MEDIA_ROOT))
    assert killed.returncode == -9, killed.stderr
    run.refresh_from_db()
    assert (run.status, run.position, run.lease_until is None) == ("running", 4, False)

    go_on_with_imports()
    run.refresh_from_db()
    assert run.position == 4
    path = path_of(run)
    path.write_text(path.read_text().replace("DIE", "e"))
    with time_machine.travel(timezone.now() + LEASE + timedelta(seconds=1)):
        go_on_with_imports()

    run.refresh_from_db()
    assert (run.status, counts(run)) == ("done", (7, 6, 0, 1, 0, 0))
    assert sorted(Book.objects.values_list("title", flat=True)) == [*"abcdef"]
