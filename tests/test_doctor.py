"""`manage.py doctor` names each fault and its cure, and exits 1; what is well it calls well."""

import re
import shutil
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django_q.models import Schedule

from accounts.models import OutgoingMail
from catalog.search.asking import best_matches
from catalog.search.index import folder
from dashboard.models import LoanRow
from kernel.eventbus.models import Delivery, Event
from lending.models import Loan
from library.models import WorkerSign
from library.operations.worker.signs import a_worker_runs, show_sign
from tests.bus import Bus, put_back
from tests.people import Person, a_librarian, a_patron
from tests.processes import run
from tests.servers import free_port
from webhooks.models import Endpoint

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_worker_runs(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it does in an installation: it showed so, and did what is due, a moment ago."""
    Schedule.objects.update(next_run=timezone.now())
    show_sign(timezone.now())
    monkeypatch.setattr("library.operations.worker.signs.FRESH", timedelta(hours=1))  # a busy machine's moment
    monkeypatch.setattr("library.operations.worker.signs.WATCHED", 0)


@pytest.fixture
def told() -> StringIO:
    """Where the doctor's words go."""
    return StringIO()


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Path:
    """The folder of exchanged files."""
    settings.FILES_DIR = tmp_path / "files"
    settings.FILES_DIR.mkdir()
    return settings.FILES_DIR


@pytest.fixture(autouse=True)
def _static_files_are_collected(settings: Any, tmp_path: Path) -> None:
    """As in an installation."""
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "staticfiles.json").touch()


@pytest.fixture
def ada() -> Person:
    """A librarian, of whom everybody has heard; without one the doctor has something to say."""
    ada = a_librarian()
    Bus().settle()
    return ada


def well(told: StringIO, *options: str) -> list[str]:
    """What the doctor says of a library that is well."""
    call_command("doctor", *options, stdout=told)
    assert told.getvalue().endswith("The library is well.\n")
    return told.getvalue().splitlines()


def fault(told: StringIO, area: str) -> tuple[str, str]:
    """The one fault that the doctor finds, and its cure."""
    with pytest.raises(CommandError, match=r"^1 thing is wrong") as ended:
        call_command("doctor", stdout=told)
    assert ended.value.returncode == 1
    found = re.findall(rf"^{area} +WRONG  (.+)\n +cure: (.+)$", told.getvalue(), re.MULTILINE)
    assert len(found) == 1, told.getvalue()
    return found[0]


def a_book(librarian: Person) -> int:
    """A book of one copy that everybody has heard of."""
    book = librarian.post("books", {"title": "무진기행", "copies": 1}).json()["id"]
    Bus().settle()
    return int(book)


def a_book_that_lending_missed(librarian: Person, **how: str) -> None:
    """The same, but that its delivery to lending is not done."""
    Bus().settle()
    librarian.post("books", {"title": "무진기행", "copies": 1})
    delivery = Delivery.objects.get(handler="lending.handlers.take_in_book")
    Bus().settle()
    put_back(delivery, **how)


def test_a_library_that_is_well_is_called_so(ada: Person, told: StringIO) -> None:
    lines = well(told)
    assert {"disk       well", "drift      well", "worker     well"} <= {*lines}
    assert not any("WRONG" in line for line in lines)


def test_the_quick_look_leaves_out_what_reads_every_row(ada: Person, told: StringIO) -> None:
    assert not any(line.startswith("drift") for line in well(told, "--quick"))


def test_missing_migrations_are_named(told: StringIO) -> None:
    MigrationRecorder(connection).migration_qs.filter(app="lending").delete()
    sentence, cure = fault(told, "databases")
    assert "lending.0001" in sentence
    assert "manage.py migrate" in cure
    assert "was not looked at" in told.getvalue()


def test_a_database_of_a_newer_release_is_noted(ada: Person, told: StringIO) -> None:
    MigrationRecorder(connection).record_applied("lending", "0999_of_the_future")
    noted = [line for line in well(told) if line.startswith("databases")]
    assert "lending.0999_of_the_future" in noted[0]


@pytest.mark.once
def test_a_database_that_is_away_is_said_to_be() -> None:
    doctor = run("manage.py", "doctor", DATABASE_URL="sqlite:////no/such/folder/library.sqlite3", REDIS_URL="")
    assert doctor.returncode == 1
    assert "The folder /no/such/folder is missing." in doctor.stdout
    assert "correct DATABASE_URL" in doctor.stdout
    assert "Traceback" not in doctor.stderr


def test_a_broker_that_is_away_is_said_to_be(told: StringIO) -> None:
    doctor = run("manage.py", "doctor", "--quick", REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    assert "broker     WRONG" in doctor.stdout
    assert "correct REDIS_URL" in doctor.stdout


def test_the_demos_password_is_no_secret(ada: Person, settings: Any, told: StringIO) -> None:
    settings.DEBUG, settings.ALLOWED_HOSTS = False, ["testserver"]
    demo = a_patron("P-0001").user
    demo.set_password(settings.DEMO_PASSWORD)
    demo.save()
    sentence, cure = fault(told, "people")
    assert sentence.startswith("P-0001 can sign in")
    assert "other passwords" in cure


def test_a_library_without_a_librarian_is_noted(told: StringIO) -> None:
    Bus().settle()
    assert any("createsuperuser" in line for line in well(told))


def test_clocks_tasks_that_nobody_does_are_noticed_where_nothing_happens(ada: Person, told: StringIO) -> None:
    Schedule.objects.update(next_run=timezone.now() - timedelta(minutes=10))
    sentence, cure = fault(told, "worker")
    assert "No worker looks after" in sentence
    assert "log" in cure


def test_a_worker_that_showed_no_sign_for_some_seconds_is_missing(
    ada: Person, told: StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("library.operations.worker.signs.FRESH", timedelta(seconds=5))
    stopped = timezone.now() - timedelta(seconds=6)
    show_sign(stopped)
    sentence, cure = fault(told, "worker")
    assert (
        sentence
        == f"No worker runs: the last sign of one was at {timezone.localtime(stopped).isoformat(' ', 'seconds')}."
    )
    assert "make run" in cure

    WorkerSign.objects.all().delete()
    assert fault(StringIO(), "worker")[0] == "No worker has run here yet."


def test_a_sign_that_comes_late_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("library.operations.worker.signs.FRESH", timedelta(seconds=5))
    monkeypatch.setattr("library.operations.worker.signs.WATCHED", 60)
    monkeypatch.setattr("time.sleep", lambda _: show_sign(timezone.now() - timedelta(hours=2)))  # its clock is wrong
    show_sign(timezone.now() - timedelta(seconds=6))
    assert a_worker_runs()


def test_a_clocks_task_that_is_missing_is_named(ada: Person, told: StringIO) -> None:
    Schedule.objects.filter(name="announce overdue loans").delete()
    assert "announce overdue loans" in fault(told, "worker")[0]


def test_dead_deliveries_are_told_with_their_last_error(ada: Person, told: StringIO) -> None:
    a_book_that_lending_missed(ada, status="dead", error="ValueError: no such shelf")
    sentence, cure = fault(told, "deliveries")
    assert sentence == "1 delivery to lending.handlers.take_in_book given up: ValueError: no such shelf"
    assert "requeue" in cure


def test_deliveries_that_wait_too_long_are_told(ada: Person, told: StringIO) -> None:
    a_book_that_lending_missed(ada)
    assert best_matches("무진기행")  # or the search index would be as late
    Event.objects.update(occurred_at=timezone.now() - timedelta(minutes=2))
    assert fault(told, "deliveries")[0].startswith("1 delivery to lending.handlers.take_in_book waiting, the oldest")


def test_a_requested_loan_that_nobody_decides_is_told(ada: Person, told: StringIO) -> None:
    book = a_book(ada)
    assert a_patron().post("loans", {"book": book}, headers={"Prefer": "respond-async"}).status_code == 202
    Bus().settle()
    Loan.objects.update(requested_at=timezone.now() - timedelta(minutes=5))
    assert fault(told, "waiting")[0].startswith("1 loan accepted for later")


def test_a_page_that_differs_is_told_and_no_fault_while_it_is_on_its_way(ada: Person, told: StringIO) -> None:
    book, patron = a_book(ada), a_patron()
    patron.post("loans", {"book": book})
    assert any(line.startswith("drift      note  Pages differ while") for line in well(told))

    Bus().settle()
    LoanRow.objects.update(outstanding=7)
    assert "manage.py replay dashboard" in fault(StringIO(), "drift")[1]


def test_an_event_from_the_future_tells_of_a_clock_set_back(ada: Person, told: StringIO) -> None:
    Event.objects.update(occurred_at=timezone.now() + timedelta(hours=1))
    assert "from the future" in fault(told, "clock")[0]


def test_a_full_disk_is_told(ada: Person, told: StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("library.operations.doctor.surroundings.LEAST_ROOM", 1 << 60)
    assert "nearly full" in fault(told, "disk")[0]


def test_a_volume_that_is_not_mounted_is_told(ada: Person, told: StringIO, files: Path) -> None:
    files.rmdir()
    sentence, cure = fault(told, "disk")
    assert sentence == f"The folder {files} is missing."
    assert "mount it" in cure


def test_a_folder_that_nothing_can_be_written_to_is_told(ada: Person, told: StringIO, files: Path) -> None:
    files.rmdir()
    files.touch()
    assert fault(told, "disk")[0] == f"Nothing can be written to {files}."


def test_a_webhook_that_fails_is_noted(ada: Person, told: StringIO) -> None:
    Endpoint.objects.create(url="https://hooks.example.org/", failures=3, made_at=timezone.now())
    assert any("hooks.example.org/ has failed 3 times" in line for line in well(told))


def test_a_webhook_that_staff_have_paused_is_paused_and_no_failing_one(ada: Person, told: StringIO) -> None:
    made = {"made_at": timezone.now(), "active": False}
    Endpoint.objects.create(url="https://hooks.example.org/1", failures=3, **made)
    Endpoint.objects.create(url="https://hooks.example.org/2", **made)
    Endpoint.objects.create(url="https://hooks.example.org/3", disabled_at=timezone.now(), disabled_why="410", **made)
    said = [line for line in well(told) if line.startswith("webhooks")]
    assert [line.partition("note  The webhook ")[2] for line in said] == [
        "https://hooks.example.org/1 is paused.",
        "https://hooks.example.org/2 is paused.",
        "https://hooks.example.org/3 was switched off. 410",
    ]


def test_the_doctor_changes_nothing(ada: Person, told: StringIO) -> None:
    connection.force_debug_cursor = True
    well(told)
    statements = [query["sql"] for query in connection.queries]
    connection.force_debug_cursor = False
    assert statements
    assert not [sql for sql in statements if re.match(r"INSERT|UPDATE|DELETE", sql)]


def test_a_search_index_is_noted_while_it_is_missing_and_told_when_it_is_behind(ada: Person, told: StringIO) -> None:
    shutil.rmtree(folder(), ignore_errors=True)
    assert any(line.startswith("search     note  This machine has no search index") for line in well(told))

    a_book(ada)
    best_matches("무진기행")
    ada.post("books", {"title": "서울, 1964년 겨울"})
    Bus().settle()
    Event.objects.filter(name="BookRegistered").update(occurred_at=timezone.now() - timedelta(minutes=5))

    sentence, cure = fault(StringIO(), "search")
    assert re.fullmatch(r"The search index is 30\d s behind the catalogue\.", sentence)
    assert "rebuild_search" in cure


def test_mails_that_nobody_sends_are_noted_and_those_that_fail_are_told(
    ada: Person, told: StringIO, settings: Any
) -> None:
    now = timezone.now()
    OutgoingMail.objects.create(kind="link", card_number="P-1", asked_at=now, retry_at=now, done_at=now, failed=True)
    assert fault(told, "mails")[0].startswith("1 mail of the last day was given up")
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    assert any(line.startswith("mails      note  No mail is sent") for line in well(StringIO()))
