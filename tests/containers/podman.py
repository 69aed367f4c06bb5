"""podman as these tests use it: with a store of its own, in which base and layers stay for the next run."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

KEPT = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "library-containers"
"""Images and their layers. `rm -r` takes nothing away but time."""
STATE = Path("/run/library-containers")
LIMIT = 600
FILES, PROCESSES = 16_384, 4_096
"""What a container may have open and running: the proxy needs two files for each of its 4,000 connections."""


class PodmanFailed(Exception):
    """Carries what podman said."""


def podman(*words: str, told: str = "", limit: float = LIMIT) -> str:
    """What podman answers, its own remarks left out. Raises `PodmanFailed`."""
    done = ran(*words, told=told, limit=limit)
    if done.returncode:
        raise PodmanFailed(f"podman {' '.join(words)}\n{done.stdout[-3_000:]}{done.stderr[-3_000:]}")
    return done.stdout.strip()


def ran(*words: str, told: str = "", limit: float = LIMIT) -> subprocess.CompletedProcess[str]:
    """The same, whatever comes of it."""
    return subprocess.run(
        ["podman", *words], env=environment(), input=told, capture_output=True, text=True, timeout=limit
    )


def environment() -> dict[str, str]:
    """What podman and those who call it need to use this store."""
    KEPT.mkdir(parents=True, exist_ok=True)
    settings, storage = KEPT / "containers.conf", KEPT / "storage.conf"
    written = {settings: _settings(), storage: _storage()}
    for path, text in written.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    return {**os.environ, "CONTAINERS_CONF": str(settings), "CONTAINERS_STORAGE_CONF": str(storage)}


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Whoever else uses the store waits until the block ends."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        flock(lock, LOCK_EX)
        yield


def _settings() -> str:
    # podman would raise these limits, which a machine may not permit; crun does not know every kernel's cgroups.
    files = min(FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
    given = f'"nofile={files}:{files}", "nproc={PROCESSES}:{PROCESSES}"'
    network = f'network_backend = "netavark"\nnetwork_config_dir = "{KEPT}/networks"'  # its DNS knows the containers
    return f'[containers]\ndefault_ulimits = [{given}]\n[engine]\nruntime = "runc"\n[network]\n{network}\n'


def _storage() -> str:
    return f'[storage]\ndriver = "overlay"\ngraphroot = "{KEPT}/store"\nrunroot = "{STATE}"\n'
