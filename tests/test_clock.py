"""CLOCK: while developing, a start of the library has its time begin at another moment, alike in all its processes."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from library.settings import BASE_DIR
from tests.browser.library import Librarian
from tests.demo import demo_library
from tests.processes import until

MOMENT = "2026-03-02T10:00:00+09:00"
NOW = "import django; django.setup(); from django.utils import timezone; print(timezone.now().isoformat())"
SECRET = "x" * 60


def python(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a program of the library with this much more environment."""
    there = {"PATH": "/usr/bin:/bin", "DJANGO_SETTINGS_MODULE": "library.settings", **environment}
    return subprocess.run([sys.executable, "-c", program], cwd=BASE_DIR, env=there, capture_output=True, text=True)


def test_it_starts_at_the_moment_and_goes_on_from_there() -> None:
    began = time.time()
    read = datetime.fromisoformat(python(NOW, CLOCK=MOMENT).stdout.strip())
    assert timedelta(0) <= read - datetime.fromisoformat(MOMENT) <= timedelta(seconds=time.time() - began)
    later = python(NOW, CLOCK=MOMENT, CLOCK_STARTED=str(time.time() - 86_400))
    assert datetime.fromisoformat(later.stdout.strip()).date() == datetime(2026, 3, 3).date()


def test_what_it_starts_has_the_same_difference() -> None:
    parent = "import os; from library import settings; print(os.environ['CLOCK_STARTED'])"
    assert float(python(parent, CLOCK=MOMENT).stdout) <= time.time()


def test_without_it_the_time_is_the_machines() -> None:
    read = datetime.fromisoformat(python(NOW).stdout.strip())
    assert abs(datetime.now(UTC) - read) < timedelta(minutes=1)


def test_it_is_refused_where_the_library_is_served_for_real() -> None:
    started = python("import library.settings", CLOCK=MOMENT, DEBUG="0", SECRET_KEY=SECRET, ALLOWED_HOSTS="a.example")
    assert started.returncode == 1
    assert "CLOCK sets the library's time: it must not be set when DEBUG is off." in started.stderr


@pytest.mark.parametrize(
    "written",
    ["yesterday", "2026-03-02", "2026-03-02T10:00:00", "0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59+00:00"],
)
def test_what_is_no_moment_is_refused(written: str) -> None:
    started = python("import library.settings", CLOCK=written)
    assert started.returncode == 1
    assert f"CLOCK is a moment with its offset, such as {MOMENT}, not {written}." in started.stderr


@pytest.mark.parametrize("written", ["yesterday", "nan", "1e300"])
def test_what_is_no_start_is_refused(written: str) -> None:
    started = python("import library.settings", CLOCK=MOMENT, CLOCK_STARTED=written)
    assert f"ImproperlyConfigured: CLOCK_STARTED is a number of seconds since 1970, not '{written}'." in started.stderr


def test_web_worker_and_commands_of_one_start_have_one_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOCK", MOMENT)
    monkeypatch.setenv("CLOCK_STARTED", str(time.time()))
    began = time.time()
    with demo_library(tmp_path) as port:
        call = Librarian(port).call
        assert call("loans", patron=1, book=1)["due_on"] == "2026-03-16"
        late = call("loans", patron=1, book=2, borrowed_on="2026-02-09")
        call(f"loans/{late['id']}/return", quantity=1)
        until(lambda: call("fines")["results"])  # a worker charges it
        charged = datetime.fromisoformat(call("fines")["results"][0]["charged_at"])
        by_worker = charged - datetime.fromisoformat(MOMENT)
        assert timedelta(0) < by_worker < timedelta(seconds=time.time() - began)
