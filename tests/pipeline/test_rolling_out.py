"""`deploy/roll_out.sh` with a kubectl that only writes down what it is asked, but renders the overlays for real."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from library.settings import BASE_DIR

pytestmark = pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl must be installed")
IMAGE = "ghcr.io/town/library@sha256:" + "a1" * 32
KUBECTL = """#!/bin/sh
[ "$1" = kustomize ] && exec {real} "$@"
echo "$@" >>{log}
case "$*" in
    *"rollout status deployment/web"*) [ ! -e {folder}/web-fails ] ;;
    *"apply --filename"*) cp "$3" {folder}/applied ;;
    *"get deployment"*revision*) cat {folder}/revision ;;
    *"get deployment"*) echo old-image ;;
esac
"""


class Cluster:
    """What kubectl was asked, and with what."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log, program = folder / "log", folder / "kubectl"
        program.write_text(KUBECTL.format(real=shutil.which("kubectl"), log=self.log, folder=folder))
        program.chmod(0o755)
        (folder / "revision").write_text("7")

    def roll_out(self, overlay: str, *command: str) -> subprocess.CompletedProcess[str]:
        """Runs the script from somewhere else, with this as its smoke test."""
        return subprocess.run(
            [str(BASE_DIR / "deploy" / "roll_out.sh"), overlay, IMAGE, *command],
            env={"PATH": f"{self.folder}:{os.environ['PATH']}"},
            cwd=self.folder,
            capture_output=True,
            text=True,
        )

    def asked(self, word: str) -> list[str]:
        """What it was asked with that word in it."""
        return [line for line in self.log.read_text().splitlines() if word in line]


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    """One that says it runs revision 7."""
    return Cluster(tmp_path)


@pytest.mark.parametrize(("overlay", "namespace"), [("staging", "library-staging"), ("production", "library")])
def test_every_pod_gets_the_image_by_its_digest(cluster: Cluster, overlay: str, namespace: str) -> None:
    done = cluster.roll_out(overlay, "true")
    assert done.returncode == 0, done.stderr
    applied = (cluster.folder / "applied").read_text()
    images = {line.strip().removeprefix("- ") for line in applied.splitlines() if "image: " in line}
    assert images == {f"image: {IMAGE}"}
    assert f"namespace: {namespace}\n" in applied
    assert not cluster.asked("undo")


@pytest.mark.parametrize("what_fails", ["the smoke test", "the rollout"])
def test_what_does_not_serve_goes_back_to_what_ran_before(cluster: Cluster, what_fails: str) -> None:
    if what_fails == "the rollout":
        (cluster.folder / "web-fails").touch()
    done = cluster.roll_out("staging", "false")
    assert done.returncode == 1
    undone = cluster.asked("undo")
    assert [line.split("undo ")[1] for line in undone] == [
        "deployment/web --to-revision=7",
        "deployment/worker --to-revision=7",
    ]
    assert cluster.asked("set image cronjob --all *=old-image")


def test_where_nothing_ran_before_it_says_so(cluster: Cluster) -> None:
    (cluster.folder / "revision").write_text("")
    done = cluster.roll_out("staging", "false")
    assert done.returncode == 1
    assert "nothing to go back to" in done.stderr
    assert not cluster.asked("undo")


def test_an_image_without_a_digest_is_refused(cluster: Cluster) -> None:
    done = subprocess.run(
        [str(BASE_DIR / "deploy" / "roll_out.sh"), "staging", "ghcr.io/town/library:latest", "true"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "sha256" in done.stderr
    assert not cluster.log.exists()
