"""The last release beside the code that is here. `python -m tests.release` lints the migrations that came since.

The file RELEASES names each release's commit. The last one goes on at work while a new one is rolled out, so what the
new one does to the tables must leave the old one alive: docs/decisions/0015. Until version 0.4.0 the tables may still
change freely.
"""

import io
import os
import re
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import django

ROOT = Path(__file__).parent.parent
LINE = re.compile(r"(\d+\.\d+\.\d+) ([0-9a-f]{40})")
BINDING_FROM = (0, 4, 0)
"""The version from which on nobody may break the last release's code; what looks after that wakes up then."""


class NoHistory(Exception):
    """There is no git here, or no commit of that name."""


def releases() -> dict[str, str]:
    """The commit of each release by its version, the oldest first. Ends the program at a line that names none."""
    found: dict[str, str] = {}
    for line in (ROOT / "RELEASES").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            if not (match := LINE.fullmatch(line)) or (found and _numbers(match[1]) <= _numbers(list(found)[-1])):
                sys.exit(f"RELEASES has a line that names no later version and its whole commit: {line}")
            found[match[1]] = match[2]
    return found


def last_release() -> str:
    """Its commit; empty where nothing was released, or there is no git. Ends the program where git has not that commit:
    what came since can't be told then."""
    try:
        _git("rev-parse", "HEAD")
    except NoHistory:
        return ""
    version, commit = [("", ""), *releases().items()][-1]
    try:
        if commit:
            _git("merge-base", "--is-ancestor", commit, "HEAD")
    except NoHistory:
        sys.exit(f"The commit of {version} is not in this history: git fetch --unshallow, or correct RELEASES.")
    return commit


def this_version() -> str:
    """The version of the code that is here."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def why_at_rest() -> str:
    """Why nothing need be compared with the last release yet; empty from `BINDING_FROM` on."""
    version = this_version()
    if _numbers(version) >= BINDING_FROM:
        return ""
    return f"this is {version}: until {'.'.join(map(str, BINDING_FROM))} the tables may change freely"


def take_out(commit: str, folder: Path) -> None:
    """Puts the whole code of a commit into the folder. Raises `NoHistory`."""
    with tarfile.open(fileobj=io.BytesIO(_git("archive", commit))) as code:
        code.extractall(folder, filter="data")


def lint(since: str, where: Path = ROOT) -> bool:
    """Prints what django-migration-linter says of the migrations added since; whether old code can live with them.

    The default database must be a PostgreSQL, since the statements for it are judged. What has `contract` in its name
    is meant to leave older code behind.
    """
    from django_migration_linter import MigrationLinter  # noqa: PLC0415  (Django is set up by then)

    linter = MigrationLinter(str(where), no_cache=True, ignore_name_contains="contract")
    linter.lint_all_migrations(git_commit_id=since)
    linter.print_summary()
    return not linter.has_errors


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _git(*command: str) -> bytes:
    try:
        return subprocess.run(["git", *command], cwd=ROOT, capture_output=True, check=True).stdout
    except (FileNotFoundError, subprocess.CalledProcessError) as failure:
        raise NoHistory(" ".join(command)) from failure


def main() -> int:
    """1 where a migration must not go out."""
    since = last_release()
    if why := why_at_rest():
        print(f"No old code is looked after yet: {why}.")
        return 0
    if not since:
        print("Nothing was released yet, so there is no old code that migrations must leave alive.")
        return 0
    from tests.servers import postgres_server  # noqa: PLC0415  (no server is needed without a release)

    with postgres_server() as url:
        os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "library.settings"}
        django.setup()
        return 0 if lint(since) else 1


if __name__ == "__main__":
    sys.exit(main())
