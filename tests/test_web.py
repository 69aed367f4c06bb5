"""The web server's own program ends when its server does, and never waits for ever."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

import pytest

from library.operations.web.serving import serve
from library.settings import BASE_DIR
from tests.processes import until

ENDS = "raise SystemExit({code})"
KILLED_AFTER = """
import os, pathlib, signal, sys
runs = pathlib.Path(sys.argv[1])
runs.write_text(runs.read_text() + "!" if runs.exists() else "!")
if len(runs.read_text()) < 3:
    os.write(int(os.environ["WEB_LOADED"]), b"{loaded}")
    os.kill(os.getpid(), signal.SIGKILL)
sys.exit(7)
"""
DEAF = "import signal, sys, time; signal.signal(15, signal.SIG_IGN); open(sys.argv[1], 'x'); time.sleep(600)"


@pytest.mark.parametrize(("code", "answered"), [(3, 3), (0, 1)])
def test_a_server_that_ends_by_itself_ends_its_program(code: int, answered: int) -> None:
    assert serve([sys.executable, "-c", ENDS.format(code=code)], 0, SimpleQueue()) == answered


@pytest.mark.parametrize(("loaded", "runs", "answered"), [("!", 3, 7), ("", 1, 137)])
def test_a_server_that_is_killed_is_replaced_if_it_had_loaded(
    tmp_path: Path, loaded: str, runs: int, answered: int
) -> None:
    seen = tmp_path / "runs"
    server = [sys.executable, "-c", KILLED_AFTER.format(loaded=loaded), str(seen)]
    program = [sys.executable, "-m", "library.operations.web", "0", *server]
    assert subprocess.run(program, cwd=BASE_DIR, env=os.environ | {"PORT": ""}).returncode == answered
    assert len(seen.read_text()) == runs


def test_a_server_that_is_told_to_stop_before_it_can_listen_to_that_has_ended_well(tmp_path: Path) -> None:
    starting, orders = tmp_path / "starting", SimpleQueue()
    code = "import sys, time; open(sys.argv[1], 'x'); time.sleep(600)"
    with ThreadPoolExecutor(1) as operator:
        program = operator.submit(serve, [sys.executable, "-c", code, str(starting)], 0, orders)
        until(starting.exists)
        orders.put(15)
        assert program.result() == 0


def test_a_server_that_is_deaf_is_killed_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("library.operations.web.serving.TIMEOUT", 0.1)
    deaf, orders = tmp_path / "deaf", SimpleQueue()
    with ThreadPoolExecutor(1) as operator:
        program = operator.submit(serve, [sys.executable, "-c", DEAF, str(deaf)], 0, orders)
        until(deaf.exists)
        orders.put(15)
        assert program.result() == 1
    assert "was killed" in capfd.readouterr().err


def test_each_server_counts_into_a_folder_of_its_own_that_is_gone_with_it(capfd: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        serve([sys.executable, "-c", "import os; print(os.environ['PROMETHEUS_MULTIPROC_DIR'])"], 0, SimpleQueue())
    folders = [Path(line) for line in capfd.readouterr().out.splitlines()]
    assert len({*folders}) == 2
    assert not any(folder.exists() for folder in folders)


def test_what_was_loaded_is_spared_when_garbage_is_looked_for() -> None:
    program = "import gc, library.wsgi, sys; print(gc.get_freeze_count() > 100_000, 'lending.api.loans' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], cwd=BASE_DIR, capture_output=True, text=True)
    assert ran.stdout.split() == ["True", "True"], ran.stderr
