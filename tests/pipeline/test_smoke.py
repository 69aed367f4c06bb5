"""The smoke test that the pipeline runs, on a library that runs."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import global_settings
from django.utils import timezone

from accounts.services import register_patron
from catalog.services import register_book
from lending.models import Loan
from library.settings import BASE_DIR
from tests.processes import web, worker
from tests.servers import free_port


def smoke(port: int, password: str = "green-bookmark") -> subprocess.CompletedProcess[str]:
    """The script as the pipeline runs it: nothing of the project is on its path."""
    return subprocess.run(
        [sys.executable, "-I", str(BASE_DIR / "deploy" / "smoke.py"), f"http://127.0.0.1:{port}"],
        env={"SMOKE_CARD": "P-77", "SMOKE_PASSWORD": password},
        capture_output=True,
        text=True,
    )


@pytest.mark.django_db(transaction=True)
def test_it_borrows_and_returns_one_book_and_says_why_it_could_not(tmp_path: Path, settings: Any) -> None:
    settings.PASSWORD_HASHERS = global_settings.PASSWORD_HASHERS  # the web process knows no cheap ones
    now, port = timezone.now(), free_port()
    register_patron(card_number="P-77", name="시험", email="", password="green-bookmark", now=now)
    with web(port), worker(tmp_path / "log"):
        empty = smoke(port)
        assert empty.returncode == 1
        assert "No book can be borrowed" in empty.stderr

        register_book(title="운수 좋은 날", authors=["현진건"], language="ko", copies=1, now=now)
        done = smoke(port)
        assert done.returncode == 0, done.stderr
        assert Loan.objects.get().status == Loan.Status.RETURNED

        stranger = smoke(port, password="wrong")
        assert stranger.returncode == 1
        assert "/auth/login was answered 401" in stranger.stderr
