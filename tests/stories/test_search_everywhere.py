"""A book that was registered a moment ago is found by every process of the machine, whoever of them is killed."""

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from django.utils import timezone

from catalog.search import index
from catalog.search.asking import best_matches
from catalog.services import register_book, revise_book
from library.settings import BASE_DIR
from tests.processes import environment, until, web
from tests.servers import free_port

pytestmark = pytest.mark.django_db(transaction=True)
BUILDING = "from catalog.search.index import folder, writing; from catalog.search.upkeep import rebuild"
HELD = f"import django, time; django.setup(); {BUILDING}; held = writing(folder()); held.__enter__()"


@pytest.fixture
def own(settings: Any, tmp_path: Path) -> dict[str, str]:
    """A folder for this test's index, for this process and for others."""
    settings.SEARCH_DIR = str(tmp_path / "search")
    return {"SEARCH_DIR": settings.SEARCH_DIR, "DJANGO_SETTINGS_MODULE": "library.settings"}


def test_two_web_processes_find_at_once_what_a_third_registers(own: dict[str, str], tmp_path: Path) -> None:
    port = free_port()

    def found(words: str) -> list[str]:
        with urlopen(f"http://127.0.0.1:{port}/api/v1/books?q={quote(words)}") as answer:
            return [book["title"] for book in json.load(answer)["results"]]

    def answers() -> bool:
        try:
            return found("아직") == []
        except OSError:
            return False

    with web(port, tmp_path / "web.log", WEB_WORKERS="2", **own):
        until(answers)
        for number in range(12):
            book = register_book(now=timezone.now(), title=f"골목 책방 {number}번지")
            assert [found(f"{number}번지") for _ in range(4)] == [[book.title]] * 4
            assert best_matches(f"{number}번지") == [book.pk]
        revise_book(book.pk, now=timezone.now(), title="큰길 서점")
        assert [found("큰길") for _ in range(4)] == [["큰길 서점"]] * 4
        assert len(found("골목 책방")) == 11


@pytest.mark.parametrize("doing", ["time.sleep(60)", "rebuild(folder()); time.sleep(60)"])
def test_who_is_killed_with_the_lock_leaves_it_and_nothing_else(own: dict[str, str], doing: str) -> None:
    book = register_book(now=timezone.now(), title="남은 책")
    best_matches("남은")
    command = [sys.executable, "-c", f"{HELD}; print('held', flush=True); {doing}"]
    with subprocess.Popen(command, cwd=BASE_DIR, env=environment(**own), stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        assert child.stdout.readline() == "held\n"
        child.send_signal(signal.SIGKILL)
    second = register_book(now=timezone.now(), title="남은 책 둘")

    assert best_matches("남은") == [book.pk, second.pk]
    with index.writing(index.folder()) as held:
        assert held
