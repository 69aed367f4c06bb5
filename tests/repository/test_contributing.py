"""What editors, git and a dev container read: a mistake there would show nowhere else."""

import fnmatch
import json
import re
import shutil
import subprocess
import sys
import tomllib
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from library.settings import BASE_DIR
from tests.image.dockerfile import read

BIN = Path(sys.executable).parent
MAKEFILE = (BASE_DIR / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
HOOKS: list[dict[str, Any]] = [
    hook
    for repository in yaml.safe_load((BASE_DIR / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    for hook in repository["hooks"]
]
DEV_CONTAINER = json.loads((BASE_DIR / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))


def test_the_dev_container_runs_a_target_and_forwards_the_port_of_make_run() -> None:
    command, target = DEV_CONTAINER["postCreateCommand"].split()
    assert (command, target in TARGETS) == ("make", True)
    port = int(re.search(r"^PORT \?= (\d+)", MAKEFILE, re.MULTILINE)[1])
    assert DEV_CONTAINER["forwardPorts"] == [port]
    assert list(DEV_CONTAINER["portsAttributes"]) == [str(port)]


def test_the_dev_container_has_the_products_base_and_what_the_tests_use() -> None:
    (stage,) = read((BASE_DIR / ".devcontainer" / DEV_CONTAINER["build"]["dockerfile"]).read_text("utf-8")).values()
    assert stage.parent == next(iter(read((BASE_DIR / "Dockerfile").read_text("utf-8")).values())).parent
    installed = " ".join(argument for _, argument in stage.steps)
    for package in ("chromium", "curl", "debootstrap", "git", "haproxy", "make", "nodejs", "npm", "python3-venv"):
        assert re.search(rf"\b{package}\b", installed), package
    assert re.search(rf"useradd --uid {stage.settings['USER']} [^&]*{DEV_CONTAINER['remoteUser']}$", installed)


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_is_a_program_of_the_environment(hook: dict[str, Any]) -> None:
    program, *_ = hook["entry"].split()
    assert hook["language"] == "system"
    assert program.startswith(".venv/bin/")
    assert shutil.which(program.rpartition("/")[2], path=str(BIN))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """An empty repository with our hooks and environment."""
    shutil.copy(BASE_DIR / ".pre-commit-config.yaml", tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv/bin").symlink_to(BIN)
    git(tmp_path, "init", "--quiet")
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True)


def refused_by(hook: str, checkout: Path, name: str, text: str) -> bool:
    """Whether that hook refuses to commit this file."""
    (checkout / name).write_text(text, encoding="utf-8")
    git(checkout, "add", name)
    run = [BIN / "pre-commit", "run", hook, "--files", name]
    own = {"PATH": f"{BIN}:/usr/local/bin:/usr/bin:/bin", "HOME": str(checkout / "home")}
    return subprocess.run(run, cwd=checkout, env=own, stdout=subprocess.DEVNULL).returncode == 1


@pytest.mark.parametrize(
    ("hook", "sound", "refused"),
    [
        ("large-files", "a" * 100_000, "a" * 600_000),
        ("merge-marks", "a\n=======b\n", "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n"),
        ("private-keys", "a key", "-----BEGIN OPENSSH PRIVATE " + "KEY-----\n"),
        ("ruff-check", "x = 1\n", "import os, sys\nprint(undefined)\n"),
    ],
)
def test_hooks_refuse_what_they_are_named_for(checkout: Path, hook: str, sound: str, refused: str) -> None:
    assert not refused_by(hook, checkout, "page.py", sound)
    assert refused_by(hook, checkout, "page.py", refused)


def test_every_file_is_as_the_editors_are_told() -> None:
    rules = ConfigParser()
    rules.read_string("[top]\n" + (BASE_DIR / ".editorconfig").read_text(encoding="utf-8"))
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=BASE_DIR, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        told = {}
        for section in rules.sections()[1:]:
            if any(fnmatch.fnmatch(Path(name).name, glob) or name == glob for glob in globs(section)):
                told |= rules[section]
        content = (BASE_DIR / name).read_bytes()
        if name.endswith((".mo", ".png", ".webp")) or not content:
            continue
        lines = content.decode(told["charset"]).split("\n")
        assert lines.pop() == "", f"{name} ends without a newline"
        for number, line in enumerate(lines, start=1):
            assert line == line.rstrip(), f"{name}:{number} ends in blanks"
            assert not line.startswith("\t") or told["indent_style"] == "tab", f"{name}:{number} begins with a tab"


def globs(section: str) -> list[str]:
    """The patterns of a section's name."""
    return section.strip("{}").split(",")


def test_the_package_says_what_the_repository_says() -> None:
    project = tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (BASE_DIR / project["readme"]).is_file()
    (licence,) = project["license-files"]
    assert (BASE_DIR / licence).read_text(encoding="utf-8").startswith(f"{project['license']} License")
