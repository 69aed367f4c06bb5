"""The images: Debian's base, the repository's own Dockerfile, and stand-ins for what compose.yaml takes from elsewhere.

No registry is asked. The base comes by debootstrap from the mirrors that this machine uses, pip finds packages as it
does here, and what is lent for that is mounted while the image is built.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from library.settings import BASE_DIR
from tests.containers.machine import debian_sources, moved, pip_settings, places_in
from tests.containers.podman import KEPT, one_at_a_time, podman, ran

BASE = "localhost/library-base"
IMAGE = "localhost/library"
LENT = "/mnt/lent"
ROOM = 2 * 2**30
PROGRAMS = ("podman", "runc", "catatonit", "debootstrap", "tar")


@cache
def why_no_containers() -> str:
    """Why none can be built and run here, in a sentence; empty where they can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "containers are built and run by root on Linux"
    if missing := [program for program in PROGRAMS if not shutil.which(program)]:
        return f"{' and '.join(missing)} must be installed"
    if "" not in debian_sources():
        return "this machine knows no Debian mirror"
    asked = ran("info", "--format={{.Host.NetworkBackend}}")
    if asked.returncode or asked.stdout.strip() != "netavark":
        return f"podman does not work here with netavark: {asked.stderr.strip()[-300:]}"
    return ""


def tag() -> str:
    """What the images built from this folder are tagged with: other checkouts may use the same store."""
    return hashlib.sha256(str(BASE_DIR).encode()).hexdigest()[:8]


@cache
def built() -> str:
    """The image of the repository's Dockerfile, as it is now. What did not change is not built again."""
    name, run, last = f"{IMAGE}:{tag()}", os.environ.get("PYTEST_XDIST_TESTRUNUID", ""), KEPT / f"{tag()}.run"
    with one_at_a_time(), tempfile.TemporaryDirectory() as folder:
        if run and last.exists() and last.read_text() == run:
            return name  # another process of this run built it
        _bootstrap()
        lent = pip_settings()
        (settings := Path(folder) / "pip.conf").write_text(_pip_conf(moved(lent, LENT)), encoding="utf-8")
        volumes = [f"{settings}:/etc/pip.conf:ro", *(f"{place}:{LENT}{place}:ro" for place in places_in(lent))]
        given = [f"--volume={volume}" for volume in volumes]
        _build("--format=docker", "--from", BASE, *given, "--tag", name, str(BASE_DIR))
        podman("image", "prune", "--force", "--filter", "until=72h")
        last.write_text(run)
    return name


def released(name: str) -> str:
    """The same as another release would be: an image of its own, under that tag."""
    image = f"{IMAGE}:{tag()}-{name}"
    _build("--format=docker", "--tag", image, "-", told=f"FROM {built()}\nLABEL release={name}\n")
    return image


def derived(name: str, dockerfile: str) -> str:
    """An image from the same base, for what is not ours."""
    with one_at_a_time():
        _bootstrap()
        _build("--format=docker", "--tag", f"localhost/{name}", "-", told=f"FROM {BASE}\n{dockerfile}")
    return f"localhost/{name}"


def _build(*words: str, told: str = "") -> None:
    podman("build", "--network=host", "--isolation=chroot", *words, told=told)


def _bootstrap() -> None:
    if ran("image", "exists", BASE).returncode == 0:
        return
    sources = debian_sources()
    memory = Path("/dev/shm")  # some thousands of small files are written fastest there
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > ROOM
    with tempfile.TemporaryDirectory(dir=memory if roomy else KEPT) as folder:
        root = Path(folder) / "root"
        command = ["debootstrap", "--variant=minbase", "trixie", str(root), sources[""]]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, done.stdout[-3_000:] + done.stderr[-1_000:]
        lines = [f"deb {uri} trixie{part} main\n" for part, uri in sources.items()]
        (root / "etc/apt/sources.list").write_text("".join(lines))
        (root / "etc/dpkg/dpkg.cfg.d/speed").write_text("force-unsafe-io\n")  # Debian's own images have it too
        shutil.rmtree(root / "var/cache/apt")
        archive = Path(folder) / "root.tar"
        subprocess.run(["tar", "--directory", str(root), "--create", "--file", str(archive), "."], check=True)
        podman("import", str(archive), BASE)


def _pip_conf(settings: dict[str, str]) -> str:
    lines = [f"{name.removeprefix('PIP_').lower().replace('_', '-')} = {value}" for name, value in settings.items()]
    return "\n".join(["[global]", *lines, ""])
