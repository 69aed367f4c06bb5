"""What README and docs tell people to type works as it is written: from a fresh clone, on any of their machines."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from library.settings import BASE_DIR

PAGES = sorted([BASE_DIR / "README.md", *BASE_DIR.glob("docs/**/*.md")])
IN_A_CONTAINER = re.compile(r"docker compose [^`\n]*")
UNKNOWN_TO_SOME = {
    "--json": "curl before 7.82",
    "date -d": "macOS",
    "date --date": "macOS",
    "sed -i": "macOS",
    "grep -P": "macOS",
    "readlink -f": "macOS before 12.3",
    "python manage.py": "a machine without the environment on its PATH",
    "127.0.0.1:8000/api": "whoever chose another PORT",
}


def written_commands() -> list[tuple[str, str]]:
    """Each `./manage.py COMMAND ARGUMENTS` of the pages, with the page."""
    found = []
    for page in PAGES:
        for line in page.read_text(encoding="utf-8").splitlines():
            here = IN_A_CONTAINER.sub("", line)
            commands = re.findall(r"(?:^\$ |^|`)\./manage\.py ([^`#\n]+)", here)
            found += [(command.strip(), page.name) for command in commands]
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_names_manage_py_in_the_one_way_that_works(page: Path) -> None:
    text = IN_A_CONTAINER.sub("", page.read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if re.search(r"(?<!\./)\bmanage\.py [a-z]", line)]
    assert lines == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_uses_nothing_that_some_machines_lack(page: Path) -> None:
    commands = re.findall(r"^\$ .*|^`\S+ .*`$", page.read_text(encoding="utf-8"), re.MULTILINE)
    here = [IN_A_CONTAINER.sub("", command) for command in commands]
    assert not [(command, lacks) for command in here for word, lacks in UNKNOWN_TO_SOME.items() if word in command]


@pytest.mark.parametrize(("command", "page"), written_commands())
def test_a_command_that_is_written_is_there_and_takes_what_it_is_given(command: str, page: str) -> None:
    name, *arguments = shlex.split(re.sub(r'"\$\(.*?\)"', "FILE", command))
    assert name in get_commands(), page
    parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
    if arguments:
        parser.parse_args(arguments)


def test_manage_py_runs_without_an_environment_on_the_path() -> None:
    if not (BASE_DIR / ".venv" / "bin" / "python").exists():
        pytest.skip("make run has not made .venv here")
    ran = manage(BASE_DIR / "manage.py", "version")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert re.fullmatch(r"\d+\.\d+.*\n", ran.stdout)


def test_before_the_first_make_run_it_says_what_to_do(tmp_path: Path) -> None:
    shutil.copy(BASE_DIR / "manage.py", tmp_path)
    ran = manage("-I", "-S", tmp_path / "manage.py", "doctor", python=base_python())
    assert ran.returncode == 1
    assert ran.stderr == "Django is missing: run `make run` first, which installs all that is needed.\n"


def test_it_goes_on_in_the_projects_own_environment(tmp_path: Path) -> None:
    shutil.copy(BASE_DIR / "manage.py", tmp_path)
    own = tmp_path / ".venv" / "bin" / "python"
    own.parent.mkdir(parents=True)
    own.write_text('#!/bin/sh\necho own "$@"\n')
    own.chmod(0o755)
    ran = manage("-I", "-S", tmp_path / "manage.py", "backup", "a folder", python=base_python())
    assert ran.stdout == f"own {tmp_path}/manage.py backup a folder\n"


def test_it_stays_in_an_environment_that_has_django(tmp_path: Path) -> None:
    ran = manage(BASE_DIR / "manage.py", "shell", "-v0", "-c", "import sys; print(sys.prefix)", python=sys.executable)
    assert ran.stdout.strip() == sys.prefix


def base_python() -> str:
    """The Python that the environment was made with, which has none of its packages."""
    return str(Path(sys.base_prefix) / "bin" / "python3")


def manage(*words: str | Path, python: str = "") -> subprocess.CompletedProcess[str]:
    """Runs it in a shell that knows nothing of an environment."""
    command = [*([python] if python else []), *map(str, words)]
    bare = {"PATH": f"{Path(base_python()).parent}:/usr/bin:/bin"}
    return subprocess.run(command, env=bare, capture_output=True, text=True, timeout=120)
