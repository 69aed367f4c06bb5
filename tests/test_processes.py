"""What `make run` starts is started again when it dies, ends together and leaves nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from library.operations.processes import PROCFILE, commands

ROOT = Path(__file__).parent.parent
# Each part says its name once it runs, and holds the pipe open for as long as any of its processes lives.
STARTED = "echo {name}; exec sleep 600"
WITH_CHILD = "sleep 600 & echo {name}; exec sleep 600"
WITH_PID = "sleep 600 & echo $$; exec sleep 600"
PROGRAM = """
import sys
from library.operations import processes
processes.PAUSES = [0, 0.1]
sys.exit(processes.run_all({wanted!r}))
"""


def start(**wanted: str) -> subprocess.Popen[str]:
    """The program under test, with commands of the test's own."""
    program = PROGRAM.format(wanted=wanted)
    return subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_the_procfile_names_web_and_worker():
    assert list(commands(PROCFILE.read_text())) == ["web", "worker"]
    assert commands("# why\n\nweb: serve --at host:80\n") == {"web": "serve --at host:80"}


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_told_to_stop_it_leaves_no_process_behind(told):
    program = start(web=STARTED.format(name="web"), worker=WITH_CHILD.format(name="worker"))
    assert {program.stdout.readline(), program.stdout.readline()} == {"web\n", "worker\n"}
    program.send_signal(told)
    program.communicate(timeout=30)  # reads to the end of the pipe, which comes when nobody holds it any more
    assert program.returncode == 0


def test_what_is_killed_is_started_again_and_nothing_of_it_is_left():
    program = start(web=WITH_PID)
    first = int(program.stdout.readline())
    os.kill(first, signal.SIGKILL)
    second = int(program.stdout.readline())
    assert second != first
    program.send_signal(signal.SIGINT)
    _, told = program.communicate(timeout=30)
    assert program.returncode == 0
    assert told == "web was ended by SIGKILL and is started again.\n"


def test_what_ends_again_and_again_is_named_and_then_all_ends():
    program = start(web="exit 3", worker=WITH_CHILD.format(name="worker"))
    _, told = program.communicate(timeout=30)
    assert program.returncode == 1
    assert told.splitlines() == [
        "web ended with status 3 and is started again.",
        "web ended with status 3 and is started again in 0.1 s.",
        "web ended with status 3, 3 times soon after its start. What it wrote above says why.",
        "So everything is stopped.",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent is gone")
def test_when_it_is_killed_itself_all_that_it_started_ends():
    program = start(web="echo $$; exec sleep 600", worker="echo $$; exec sleep 600")
    assert program.stdout.readline()
    assert program.stdout.readline()
    program.kill()
    program.communicate(timeout=30)


def test_with_a_name_it_becomes_that_process():
    program = (
        "import os; from library.operations.processes import become; print(os.getpid(), flush=True); become('echo $$')"
    )
    told = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    before, after = told.stdout.split()
    assert before == after


def test_a_name_that_is_not_in_the_procfile_is_refused():
    told = subprocess.run(
        [sys.executable, "-m", "library.operations.processes", "wep"], cwd=ROOT, capture_output=True, text=True
    )
    assert (told.returncode, told.stdout) == (1, "")
    assert "no process wep: it has web and worker" in told.stderr
