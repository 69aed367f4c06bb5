"""compose.yaml as Compose would take it, as far as that can be seen without an engine."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from library.settings import BASE_DIR

TEXT = (BASE_DIR / "compose.yaml").read_text(encoding="utf-8")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_can_do_little_beside_its_work(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["stop_grace_period"] == "30s"
    ours = service["image"] == "library"
    assert ours or re.fullmatch(r"[\w/.-]+:[\w.-]+@sha256:[0-9a-f]{64}", service["image"])


def test_the_image_is_built_by_one_for_whom_the_others_wait() -> None:
    assert [name for name, service in SERVICES.items() if "build" in service] == ["secrets"]
    waited_for = {"secrets"}
    for _ in SERVICES:
        waited_for |= {name for name, service in SERVICES.items() if waited_for & {*service.get("depends_on", {})}}
    assert {name for name, service in SERVICES.items() if service["image"] == "library"} <= waited_for


def test_nothing_is_asked_and_no_secret_is_written_down() -> None:
    assert re.findall(r"(?<!\$)\$\{\w+\}|(?<!\$)\$\w|:\?", TEXT) == []
    for service in SERVICES.values():
        for name in service.get("environment", {}):
            is_given = service["environment"][name] == f"${{{name}:-}}"  # by the operator, or left empty
            assert not re.search("PASSWORD|SECRET|DATABASE_URL", name) or name.endswith("_FILE") or is_given, name


def test_who_stays_up_tells_how_it_is_and_waits_for_whom_it_needs() -> None:
    healthy = {"web", *(name for name, service in SERVICES.items() if "test" in service.get("healthcheck", {}))}
    ends = {name for name, service in SERVICES.items() if service["restart"] == "no"}
    assert healthy | ends == {*SERVICES}
    for service in SERVICES.values():
        for other, until in service.get("depends_on", {}).items():
            assert until["condition"] == f"service_{'completed_successfully' if other in ends else 'healthy'}"
    assert (BASE_DIR / "deploy/haproxy/haproxy.cfg").is_file()


def test_its_secrets_are_made_once_and_the_library_starts_with_them(tmp_path: Path) -> None:
    first, again = (made_secrets(tmp_path) for _ in range(2))
    assert first == again
    assert {name: (tmp_path / name).stat().st_mode & 0o777 for name in first} == {
        "secret_key": 0o600,
        "postgres_password": 0o444,  # PostgreSQL's own user must read it
        "database_url": 0o600,
    }
    assert len({*first.values()}) == 3
    assert all(len(secret) > 60 for secret in first.values())
    assert made_secrets(tmp_path.with_name("other")) != first

    environment = SERVICES["web"]["environment"]
    told = {name: re.sub(r"\$\{\w+:-(.*?)\}", r"\1", str(value)) for name, value in environment.items()}
    told |= {name: str(tmp_path / Path(value).name) for name, value in environment.items() if name.endswith("_FILE")}
    asked = "from django.conf import settings as s; print(s.SECRET_KEY); print(s.DATABASES['default']['PASSWORD'])"
    started = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=BASE_DIR,
        env={"PATH": os.environ["PATH"], "DEBUG": "0", "DJANGO_SETTINGS_MODULE": "library.settings", **told},
        capture_output=True,
        text=True,
    )
    assert started.stdout.split() == [first["secret_key"], first["postgres_password"]], started.stderr


def made_secrets(folder: Path) -> dict[str, str]:
    """Runs the command of the service in a folder, and answers what is in its files."""
    folder.mkdir(exist_ok=True)
    *shell, script = SERVICES["secrets"]["command"]
    python = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    command = [shutil.which(shell[0]) or "", *shell[1:], script.replace("$$", "$")]
    subprocess.run(command, cwd=folder, env={"PATH": python}, check=True)
    return {path.name: path.read_text() for path in sorted(folder.iterdir())}
