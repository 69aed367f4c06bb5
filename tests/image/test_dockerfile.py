"""What is written in the Dockerfile and the .dockerignore, and how they are read by those who carry them out."""

import http.server
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from library.settings import BASE_DIR
from tests.architecture.test_contexts import PRODUCT
from tests.image.dockerfile import Ignored, NotUnderstood, read

DOCKERFILE = (BASE_DIR / "Dockerfile").read_text(encoding="utf-8")


def test_its_base_is_one_digest_and_what_is_installed_has_hashes() -> None:
    stages = read(DOCKERFILE)
    bases = [stage.parent for stage in stages.values() if stage.parent not in stages]
    assert len(bases) == 1
    assert re.fullmatch(r"debian:trixie-slim@sha256:[0-9a-f]{64}", bases[0])
    installs = [argument for stage in stages.values() for _, argument in stage.steps if "pip " in argument]
    assert all("--require-hashes --only-binary :all:" in argument for argument in installs if " install " in argument)


def test_it_runs_as_nobody_special_what_the_procfile_says() -> None:
    *_, image = read(DOCKERFILE).values()
    assert image.settings["USER"] == "10001:10001"
    assert image.words_of("CMD") == ["python", "-m", "library.operations.processes", "web"]
    assert image.words_of("ENTRYPOINT") == ["tini", "--"]
    assert image.settings["STOPSIGNAL"] == "SIGTERM"


def test_only_what_runs_goes_into_it() -> None:
    ignored = Ignored((BASE_DIR / ".dockerignore").read_text(encoding="utf-8"))
    sent = set(ignored.left_in(BASE_DIR))
    assert {path.partition("/")[0] for path in sent} == {
        *("LICENSE", "manage.py", "Procfile", "requirements.txt"),
        *PRODUCT,
    }
    assert not [path for path in sent if "__pycache__" in path]
    assert "library/locale/ko/LC_MESSAGES/django.mo" in sent


@pytest.mark.parametrize("line", ["ADD x /y", "ONBUILD RUN true", "RUN one \\", "VOLUME /x", 'SHELL ["sh"]'])
def test_what_the_reader_has_not_learnt_is_an_error(line: str) -> None:
    with pytest.raises(NotUnderstood):
        read(f"FROM debian\n{line}\n")


@pytest.fixture
def door() -> Iterator[http.server.HTTPServer]:
    """A process that is well for those who call it library.example.org."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known = self.headers["Host"] == "library.example.org" and self.path == "/health/live"
            self.send_response(200 if known else 400)
            self.end_headers()

        def log_message(self, *said: object) -> None:
            """It keeps quiet."""

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_health_check_asks_in_a_name_that_the_library_knows(door: http.server.HTTPServer) -> None:
    def knock(port: int, *host: str, **environment: str) -> int:
        command = [sys.executable, "-m", "library.operations.health_check", str(port), *host]
        told = {**os.environ, **environment}
        return subprocess.run(command, cwd=BASE_DIR, env=told, capture_output=True).returncode

    assert knock(door.server_port, ".library.example.org") == 0
    assert knock(door.server_port, ".library.example.org", http_proxy="http://127.0.0.1:9") == 0
    assert knock(door.server_port, "*") == 1
    assert knock(door.server_port) == 1
    assert knock(1, "library.example.org") == 1
