"""Every command of docs/operations.md is run, where this machine has what it needs."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from library.settings import BASE_DIR
from tests.processes import until
from tests.servers import free_port, program

LIMIT = 120
NEEDS = {
    "docker": "a Docker engine",
    "kubectl": "a Kubernetes cluster",
    "deploy/roll_out.sh": "a Kubernetes cluster",
    "gh": "a repository on GitHub",
}


def commands(text: str) -> list[str]:
    """The commands of a page, each with its lines that go on."""
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    return [command for block in blocks for command in re.findall(r"^\$ ((?:.*\\\n)*.*)$", block, re.MULTILINE)]


COMMANDS = commands((BASE_DIR / "docs" / "operations.md").read_text(encoding="utf-8"))


@cache
def is_there(tool: str) -> bool:
    """Whether the engine or the cluster behind a tool answers."""
    question = {"docker": ["docker", "info"], "kubectl": ["kubectl", "version", "--request-timeout=2s"]}.get(tool)
    if not question or not shutil.which(tool):
        return False
    return subprocess.run(question, capture_output=True, timeout=LIMIT).returncode == 0


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of a library that runs with web and worker, as `make run` starts it."""
    folder = tmp_path_factory.mktemp("installation")
    environment = {
        "DATABASE_URL": f"sqlite:///{folder}/library.sqlite3",
        "FILES_DIR": str(folder / "files"),
        "FOLDER": str(folder),
        "HOME": str(folder),
        "PORT": str(free_port()),
        "PATH": f"{Path(sys.executable).parent}:/usr/sbin:/usr/bin:/sbin:/bin",
    }
    with program(f"cd {BASE_DIR} && exec python -m library.operations.processes --prepare", environment) as running:
        until(lambda: "The library is at" in (running / "server.log").read_text(errors="replace"))
        yield environment


def needs(command: str) -> str:
    """What a command needs that this machine may not have: nothing for those that run anywhere."""
    return "" if command.startswith("kubectl kustomize") else NEEDS.get(command.split()[0], "")


def test_the_commands_of_the_page_do_what_it_says(installation: dict[str, str]) -> None:
    runnable = [command for command in COMMANDS if not needs(command)]
    assert len(runnable) > 1
    for command in runnable:
        run(command, installation)


@pytest.mark.parametrize("command", [command for command in COMMANDS if needs(command)])
def test_a_command_for_an_engine_or_a_cluster_works(command: str) -> None:
    if not is_there(command.split()[0]):
        pytest.skip(f"{needs(command)} is missing")
    run(command, {**os.environ})


def run(command: str, environment: dict[str, str]) -> None:
    """Runs it as an operator would; fails with what it said."""
    done = subprocess.run(
        ["bash", "-c", command], cwd=BASE_DIR, env=environment, capture_output=True, text=True, timeout=LIMIT
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def test_a_command_may_go_on_over_lines() -> None:
    assert commands("```console\n$ echo one \\\n    two\nthree\n$ true\n```\n$ no") == ["echo one \\\n    two", "true"]
