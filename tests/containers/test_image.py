"""The image that podman built of the repository's Dockerfile: what is in it, and how it runs by itself."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.containers.images import LENT
from tests.containers.podman import podman, ran
from tests.processes import until

pytestmark = pytest.mark.once
CONTAINED = ["--cap-drop=ALL", "--security-opt=no-new-privileges"]
CAREFUL = [*CONTAINED, "--network=none", "--read-only", "--read-only-tmpfs=false", "--tmpfs=/tmp"]
SETTINGS = {
    "SECRET_KEY": "0123456789" * 6,
    "ALLOWED_HOSTS": "127.0.0.1,library.example.org",
    "DATABASE_URL": "sqlite:////var/lib/library/files/library.sqlite3",
}
GIVEN = [f"--env={name}={value}" for name, value in SETTINGS.items()]
TOOLS = {"gcc", "cc", "g++", "c++", "cpp", "clang", "ld", "as", "make", "pip", "pip3", "curl", "wget", "git"}


@pytest.fixture(scope="module")
def files(image: str) -> Iterator[Path]:
    """Where all its files are to be seen."""
    yield Path(podman("image", "mount", image))
    podman("image", "unmount", image)


def test_it_has_no_compiler_no_installer_and_nothing_that_the_person_it_runs_as_may_write(files: Path) -> None:
    seen = 0
    for place, folders, names in os.walk(files):
        assert not TOOLS & {*names}, f"{place}: {TOOLS & {*names}}"
        for name in [*folders, *names]:
            path = Path(place) / name
            about, inside = path.lstat(), str(path.relative_to(files))
            theirs = about.st_uid == 10001 or about.st_gid == 10001
            writable = about.st_mode & 0o002 and not path.is_symlink() and not about.st_mode & 0o1000
            assert inside.startswith(("var/lib/library/", "dev/")) or not (theirs or writable), inside
            assert not inside.startswith(("srv/library/tests", "srv/library/docs", "srv/library/.")), inside
            seen += 1
    assert seen > 5_000


def test_nothing_of_what_was_lent_to_the_build_stays(files: Path) -> None:
    lent = [files / "etc/pip.conf", *(files / LENT.lstrip("/")).rglob("*")]
    assert not [path for path in lent if path.is_file() and path.stat().st_size]


def test_its_description_has_no_secret_and_names_the_person_the_signal_and_the_health_check(image: str) -> None:
    about = json.loads(podman("image", "inspect", image))[0]
    assert about["User"] == about["Config"]["User"] == "10001:10001"
    assert about["Config"]["StopSignal"] == "SIGTERM"
    assert about["Healthcheck"]["Test"][0] == "CMD"
    assert not re.search(r"SECRET|PASSWORD|TOKEN|DATABASE_URL", " ".join(about["Config"]["Env"]))
    assert "SECRET_KEY" not in podman("history", "--no-trunc", "--format={{.CreatedBy}}", image)


def test_its_settings_are_fit_for_production_and_a_command_fails_with_its_exit_code(image: str) -> None:
    def command(*words: str) -> int:
        return ran("run", "--rm", *CAREFUL, *GIVEN, image, *words).returncode

    assert command("python", "manage.py", "check", "--deploy", "--fail-level", "WARNING") == 0
    assert command("python", "manage.py", "no_such_command") == 1
    assert command("pg_dump", "--version") == 0


@pytest.fixture
def web(image: str) -> Iterator[str]:
    """The image's own command, with a volume for files in which SQLite lies. Gone with it afterwards."""
    volumes = ["--volume=/var/lib/library/files", "--volume=/var/lib/library/search"]
    options = ["--detach", *CAREFUL, *GIVEN, *volumes, "--health-interval=disable"]
    command = "python manage.py migrate -v 0 && exec python -m library.operations.processes web"
    name = podman("run", *options, image, "sh", "-c", command)
    try:
        yield name
    finally:
        ran("kill", name)
        ran("rm", "--force", "--volumes", name)


def test_its_health_check_sees_that_it_serves_and_it_ends_well_when_it_is_told_to_stop(web: str) -> None:
    until(lambda: ran("healthcheck", "run", web).returncode == 0, within=90)
    podman("stop", "--time=10", web)
    assert podman("inspect", "--format={{.State.ExitCode}}", web) == "0", ran("logs", web).stderr
