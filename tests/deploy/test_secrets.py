"""No secret is in the manifests, and the page for operators tells how each is made."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from deploy.kubernetes.validate import HERE
from library.settings import BASE_DIR
from tests.deploy.manifests import Resource, containers, in_each_overlay, needs_renderer, of_kind, pods

NAMESPACES = {"demo": "library-demo", "production": "library"}
SIGNS = ("kind: Secret\n", "secretGenerator", "SECRET_KEY=", "PASSWORD=", "://library:")
STORES = {
    "PATH": os.environ["PATH"],
    "DATABASE_URL": "postgres://town",
    "OWNER_DATABASE_URL": "postgres://owner",
    "REDIS_URL": "redis://town",
}
"""What an operator knows."""


def secrets_in(folder: Path) -> list[str]:
    """Files that hold a secret, or make one of what they hold."""
    files = [path for path in folder.rglob("*") if path.suffix in (".yaml", ".env")]
    return [path.name for path in files if any(sign in path.read_text(encoding="utf-8") for sign in SIGNS)]


def test_no_secret_is_in_the_files(tmp_path: Path) -> None:
    assert not secrets_in(HERE)
    (tmp_path / "town.yaml").write_text("kind: Secret\n")
    assert secrets_in(tmp_path) == ["town.yaml"]


@needs_renderer
@in_each_overlay
def test_no_secret_is_in_what_is_applied(overlay: str) -> None:
    assert not of_kind(overlay, "Secret")


def keys_wanted(container: Resource) -> dict[str, set[str]]:
    """The secrets that a container names, each with the keys that it names."""
    wanted: dict[str, set[str]] = {}
    for source in container.get("envFrom", []):
        if "secretRef" in source:
            wanted.setdefault(source["secretRef"]["name"], set())
    for variable in container.get("env", []):
        if key := variable.get("valueFrom", {}).get("secretKeyRef"):
            wanted.setdefault(key["name"], set()).add(key["key"])
    return wanted


@pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl is not installed")
def test_what_the_page_tells_to_type_makes_every_secret_that_is_wanted() -> None:
    page = (BASE_DIR / "docs" / "operations.md").read_text(encoding="utf-8")
    typed = [line for line in re.findall(r"^\$ (.*)", page, re.MULTILINE) if "create secret" in line or "=$(" in line]
    # Nothing is sent anywhere: kubectl shows what it would send.
    shown = 'kubectl() { command kubectl "$@" --dry-run=client --output=yaml && echo ---; }; ' + "; ".join(typed)
    bash = subprocess.run(["bash", "-euc", shown], capture_output=True, text=True, env=STORES)
    assert bash.returncode == 0, bash.stderr
    made = {
        (found["metadata"]["namespace"], found["metadata"]["name"]): set(found["data"])
        for found in yaml.safe_load_all(bash.stdout)
        if found
    }
    for overlay in NAMESPACES:
        assert made[NAMESPACES[overlay], "library"] == {"SECRET_KEY", "DATABASE_URL", "REDIS_URL"}
        for name, pod in pods(overlay, own=False).items():
            for container in containers(pod):
                for secret, keys in keys_wanted(container).items():
                    namespace = NAMESPACES["production" if secret == "library-owner" else overlay]
                    assert keys <= made[namespace, secret], name
    assert made["library", "library-owner"] == {"DATABASE_URL", "DATABASE_ROLE"}
