"""`make profile` draws what a process does."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.profile import NotDrawn, draw
from benchmarks.repeating import CALLS
from library.settings import BASE_DIR

pytestmark = pytest.mark.once
BUSY = """
import sys, time
def lend_a_book():
    end = time.monotonic() + 0.7
    while time.monotonic() < end:
        sum(range(1000))
print("3 books", flush=True)
print("ready", flush=True)
sys.stdin.readline()
lend_a_book()
print("7 calls", flush=True)
sys.stdin.read()
"""


def watched(program: str, picture: Path) -> str:
    """What is told of the program."""
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", program], stdin=pipe, stdout=pipe, text=True) as process:
        try:
            return draw(process, picture, seconds=1)
        finally:
            process.terminate()


def test_the_picture_names_what_a_process_did(tmp_path: Path) -> None:
    picture = tmp_path / "made" / "lend.svg"
    assert watched(BUSY, picture) == "7 calls\n"
    drawn = picture.read_text(encoding="utf-8")
    assert drawn.startswith("<?xml")
    assert "lend_a_book" in drawn


def test_a_program_that_ends_before_it_is_ready_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotDrawn, match="could not be made"):
        watched("print('no')", tmp_path / "no.svg")
    assert not list(tmp_path.iterdir())


def test_each_call_is_told_in_the_list_of_targets() -> None:
    told = subprocess.run(["make", "--silent", "help"], cwd=BASE_DIR, capture_output=True, text=True, check=True).stdout
    (line,) = (line for line in told.splitlines() if line.startswith("make profile "))
    assert {*CALLS} - {"empty"} <= {*line.replace(",", " ").split()}
