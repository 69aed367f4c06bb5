"""The watcher tells a cluster that hangs from one that is busy, and waits longer each time when one can't start."""

import threading
from pathlib import Path
from typing import Any

import pytest

from library.operations.worker import cluster
from library.operations.worker.cluster import LONGEST_SILENCE, SILENCE, START, Signs, supervise
from tests.processes import is_running, until

DEAF = """
import os, pathlib, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.fork()
pathlib.Path("{}").joinpath(str(os.getpid())).touch()
time.sleep(600)
"""
TOLD = ((0, "idle 7"), (0, "idle 8"), (1, "beat"), (1, "guard"))


def signs(*told: tuple[float, str]) -> Signs:
    """What a cluster that was started at 0 has told, and when."""
    heard = Signs(0)
    for moment, sign in told:
        heard.note(sign, moment)
    return heard


def hangs(heard: Signs, at: float, living: tuple[int, ...] = (7, 8)) -> bool:
    """Whether it hangs by then."""
    return bool(heard.why_hung(at, living.__contains__))


def test_a_cluster_may_take_its_time_to_start_but_not_for_ever() -> None:
    assert not hangs(signs(), START)
    assert hangs(signs((1, "idle 7")), START + 1)


def test_without_a_beat_it_hangs_while_a_worker_has_nothing_to_do() -> None:
    assert not hangs(signs(*TOLD), 1 + SILENCE)
    assert hangs(signs(*TOLD), 2 + SILENCE)
    assert not hangs(signs(*TOLD, (5, "beat")), 2 + SILENCE)


def test_while_all_workers_are_at_work_it_does_not_hang() -> None:
    busy = signs(*TOLD, (2, "busy 7"), (2, "busy 8"))
    assert not hangs(busy, 60)
    busy.note("idle 8", 60)
    assert not hangs(busy, 60 + SILENCE)
    assert hangs(busy, 61 + SILENCE)
    assert not hangs(busy, 61 + SILENCE, living=(7,))


@pytest.mark.parametrize("lost", ["beat", "guard"])
def test_without_any_sign_of_its_queue_or_its_guard_it_hangs_in_the_end(lost: str) -> None:
    kept = {"beat", "guard"} - {lost}
    busy = signs(*TOLD, (2, "busy 7"), (2, "busy 8"), *((LONGEST_SILENCE, sign) for sign in kept))
    assert not hangs(busy, LONGEST_SILENCE)
    assert hangs(busy, LONGEST_SILENCE + 2)


def test_one_that_ends_at_once_is_started_again_after_growing_pauses(monkeypatch: Any, caplog: Any) -> None:
    monkeypatch.setattr(cluster, "COMMAND", ["-c", "raise SystemExit(3)"])
    stop = threading.Event()
    pauses: list[float] = []
    heard: list[str] = []
    monkeypatch.setattr(stop, "wait", lambda pause: pauses.append(pause) or len(pauses) > 6)
    supervise(stop, heard.append)
    assert pauses == [1, 2, 4, 8, 16, 30, 30]
    assert heard == ["restart"] * 7
    assert caplog.messages[-1] == "the cluster is started anew in 30 s, for the 7. time: it ended by itself with 3"


def test_one_that_is_deaf_is_killed_with_all_its_processes(monkeypatch: Any, caplog: Any, tmp_path: Path) -> None:
    monkeypatch.setattr(cluster, "COMMAND", ["-c", DEAF.format(tmp_path)])
    monkeypatch.setattr(cluster, "TIMEOUT", 0.1)
    stop = threading.Event()
    watching = threading.Thread(target=supervise, args=[stop, [].append])
    watching.start()
    until(lambda: len(list(tmp_path.iterdir())) == 2)
    stop.set()
    watching.join()
    assert "was killed; others do what it left" in caplog.messages[-1]
    until(lambda: not any(is_running(int(process.name)) for process in tmp_path.iterdir()))
