"""The image is built and run for real: by an engine where there is one, else step by step in root file systems."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from library.settings import BASE_DIR
from tests.image.building import Builder
from tests.image.containers import Engine
from tests.image.machine import why_it_cannot_build
from tests.servers import free_port

SETTINGS = {
    "SECRET_KEY": "0123456789" * 6,
    "ALLOWED_HOSTS": "127.0.0.1,library.example.org",
    "SECURE_SSL_REDIRECT": "0",
    "DATABASE_URL": "sqlite:////var/lib/library/files/library.sqlite3",
    "WORKERS": "1",
}
OPENING = """
from django.utils import timezone
from catalog.services import register_book
from accounts.services import register_patron
now = timezone.now()
register_patron(card_number="P-1", name="Ahn", email="", password="green-bookmark", now=now)
register_book(title="Frankenstein", authors=["Mary Shelley"], language="en", copies=1, now=now)
"""
ROOM = 4 * 2**30
COMPILERS = {"gcc", "cc", "g++", "c++", "cpp", "clang", "ld", "as", "make", "pip", "pip3", "curl", "wget", "git"}


def engine_at_hand() -> bool:
    """Whether Docker is here, and answers."""
    return bool(shutil.which("docker")) and not subprocess.run(["docker", "info"], capture_output=True).returncode


def roomy_memory() -> str | None:
    """Where some tens of thousands of small files are written fastest, if there is room; else the usual place."""
    memory = "/dev/shm"
    return memory if Path(memory).is_dir() and shutil.disk_usage(memory).free > ROOM else None


@pytest.fixture
def builder() -> Iterator[Builder]:
    """Something to build with, whose files are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="library-image-", dir=roomy_memory()))
    try:
        yield Builder(folder, BASE_DIR)
    finally:
        shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def _once(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("database") != "sqlite":
        pytest.skip("the image does not depend on the database: it is built on the run with SQLite")


@pytest.mark.skipif(not engine_at_hand(), reason="no Docker engine answers here: its steps are carried out without one")
def test_an_engine_builds_it_and_it_starts_read_only() -> None:
    built = subprocess.run(["docker", "build", "--quiet", "."], cwd=BASE_DIR, stdout=subprocess.PIPE, check=True)
    settings = [f"--env={name}={value}" for name, value in {**SETTINGS, "SECURE_SSL_REDIRECT": "1"}.items()]
    careful = ["--rm", "--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--security-opt=no-new-privileges"]
    checked = ["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    subprocess.run(["docker", "run", *careful, *settings, built.stdout.decode().strip(), *checked], check=True)


@pytest.mark.skipif(engine_at_hand(), reason="a Docker engine builds it here")
def test_its_steps_make_an_image_that_serves(builder: Builder, subtests: pytest.Subtests) -> None:
    if why := why_it_cannot_build():
        pytest.skip(why)
    image = builder.build()
    with subtests.test("it has no compiler, no installer and nothing that the person it runs as may write"):
        look_through(builder.layers_of(image))
    with subtests.test("it has no secret"):
        assert not re.search(r"SECRET|PASSWORD|TOKEN|DATABASE_URL", " ".join(image.environment))
    engine = Engine(builder, image, PORT=str(free_port()), **SETTINGS)
    with subtests.test("its settings are fit for production"):
        checked = engine.run(
            "python", "manage.py", "check", "--deploy", "--fail-level", "WARNING", SECURE_SSL_REDIRECT="1"
        )
        assert checked.returncode == 0, checked.stderr
    with subtests.test("a command runs in it, and fails in it with an exit code"):
        assert engine.run("python", "manage.py", "migrate").returncode == 0
        assert engine.run("python", "manage.py", "no_such_command").returncode == 1
        assert engine.run("pg_dump", "--version").returncode == 0
    with subtests.test("it serves and works, its health check sees that, and it ends well when it is told to stop"):
        serve(engine)


def look_through(layers: list[Path]) -> None:
    """Over every file of the image, as if it were on the disk."""
    for layer in layers:
        for place, folders, names in os.walk(layer):
            assert not COMPILERS & {*names}, f"{place}: {COMPILERS & {*names}}"
            for name in [*folders, *names]:
                path = Path(place) / name
                about = path.lstat()
                inside = str(path.relative_to(layer))
                if inside.startswith("dev/"):
                    continue
                theirs = about.st_uid == 10001 or about.st_gid == 10001
                writable = about.st_mode & 0o002 and not path.is_symlink() and not about.st_mode & 0o1000
                assert inside.startswith("var/lib/library/") or not (theirs or writable), inside
                assert not inside.startswith(("srv/library/tests", "srv/library/docs", "srv/library/.")), inside


def serve(engine: Engine) -> None:
    """The image's own command and a worker, while a patron borrows and returns a book; then both are told to stop."""
    assert engine.run("python", "manage.py", "shell", "--no-imports", "--command", OPENING).returncode == 0
    health = engine.image.words_of("HEALTHCHECK")
    with (
        engine.started(*engine.image.words_of("CMD")) as web,
        engine.started("python", "-m", "library.operations.worker") as worker,
    ):
        web.wait_until(lambda: engine.run(*health).returncode == 0)
        smoke = subprocess.run(
            [sys.executable, "deploy/smoke.py", f"http://127.0.0.1:{engine.environment['PORT']}"],
            env={"SMOKE_CARD": "P-1", "SMOKE_PASSWORD": "green-bookmark"},
            cwd=BASE_DIR,
            capture_output=True,
            text=True,
        )
        assert smoke.returncode == 0, smoke.stderr + web.said()
        number = getattr(signal, engine.image.settings["STOPSIGNAL"])
        assert (worker.told_to_stop(number), web.told_to_stop(number)) == (0, 0), web.said()
        assert "Traceback" not in web.said()
    assert engine.run(*health).returncode == 1
