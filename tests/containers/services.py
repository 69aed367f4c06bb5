"""The services of compose.yaml, started with podman in the order and on the conditions that Compose goes by.

Only what that file uses is understood; anything else is an error. Images of others come from registries, which nobody
asks here: the same programs from Debian's packages stand in for them, so their own entry points are not tried.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import yaml

from library.settings import BASE_DIR
from tests.containers.images import derived
from tests.containers.podman import podman, ran
from tests.processes import until

STAND_IN = """
RUN apt-get update && apt-get install --yes --no-install-recommends busybox haproxy postgresql-17 redis-server
RUN ln -s /bin/busybox /usr/local/bin/wget && install -d -o postgres -g postgres -m 700 /var/lib/postgresql/data
RUN chmod 3777 /run/postgresql
ENV PATH=/usr/lib/postgresql/17/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ENV PGDATA=/var/lib/postgresql/data
"""
START_POSTGRES = """
if ! test -s "$PGDATA/PG_VERSION"; then
    initdb -U "$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" -A scram-sha-256 $POSTGRES_INITDB_ARGS
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
    echo "CREATE DATABASE $POSTGRES_USER" | postgres --single postgres
fi
exec postgres -c listen_addresses="*"
"""
COMMANDS = {
    "postgres": ["sh", "-euc", START_POSTGRES],
    "redis": ["redis-server", "--save", "", "--protected-mode", "no"],
    "proxy": ["haproxy", "-W", "-db", "-f", "/usr/local/etc/haproxy/haproxy.cfg"],
}
"""What the entry points of those images would do; their Redis is compiled without its protected mode."""
GIVEN = {
    "read_only": lambda _: ["--read-only", "--read-only-tmpfs=false"],
    "restart": lambda policy: [f"--restart={policy}"],
    "cap_drop": lambda names: [f"--cap-drop={name}" for name in names],
    "security_opt": lambda options: [f"--security-opt={option}" for option in options],
    "stop_grace_period": lambda period: [f"--stop-timeout={int(period.removesuffix('s'))}"],
    "environment": lambda pairs: [f"--env={name}={value}" for name, value in pairs.items()],
    "tmpfs": lambda places: [f"--tmpfs={place}" for place in places],
    "user": lambda user: [f"--user={user}"],
    "working_dir": lambda folder: [f"--workdir={folder}"],
    "shm_size": lambda size: [f"--shm-size={size}"],
    "ports": lambda ports: [f"--publish={port}" for port in ports],
}


class Services:
    """The services that were started, as containers of one project."""

    def __init__(self, project: str, image: str, **settings: str) -> None:
        self.project, self._image, self._stand_in = project, image, derived("library-stores", STAND_IN)
        text = (BASE_DIR / "compose.yaml").read_text(encoding="utf-8")
        self.described: dict[str, dict[str, Any]] = interpolated(yaml.safe_load(text)["services"], settings)
        self.containers: dict[str, str] = {}

    def up(self) -> None:
        """Starts every service, each when those it depends on are as it wants them."""
        for name in self.described:
            self._start(name)

    def is_well(self, name: str) -> bool:
        """What its own health check says."""
        return ran("healthcheck", "run", self.containers[name]).returncode == 0

    def run_again(self, name: str) -> None:
        """As the next `up` does with one that ended."""
        podman("start", self.containers[name])
        assert podman("wait", self.containers[name]) == "0"

    def _start(self, name: str) -> None:
        if name in self.containers:
            return
        service = self.described[name]
        for other, wanted in service.get("depends_on", {}).items():
            self._start(other)
            self.wait(other, wanted["condition"])
        ours = service["image"] == "library"
        command = service.get("command", []) if ours else COMMANDS.get(name, service.get("command", []))
        image = self._image if ours else self._stand_in
        self.containers[name] = podman("run", "--detach", *self._options(name, service), image, *command)

    def wait(self, name: str, condition: str) -> None:
        """Returns when a service is as `depends_on` may ask for it; fails with what it wrote."""
        container = self.containers[name]
        try:
            if condition == "service_completed_successfully":
                assert podman("wait", container) == "0"
            else:
                until(lambda: self.is_well(name), within=90)
        except AssertionError as failure:
            said = ran("logs", "--tail=40", container)
            raise AssertionError(f"{name}: {condition}\n{said.stdout}{said.stderr}") from failure

    def _options(self, name: str, service: dict[str, Any]) -> Iterator[str]:
        yield f"--name={name}-{self.project}"
        alone = service.get("network_mode")
        yield from [f"--network={alone}"] if alone else [f"--network={self.project}", f"--network-alias={name}"]
        for key, value in service.items():
            if key == "volumes":
                for volume in value:
                    named = volume[0] not in {".", "/"}  # one without a name is the container's own
                    where = f"{self.project}-{volume}" if named else volume.replace("./", f"{BASE_DIR}/", 1)
                    yield f"--volume={where}"
            elif key == "healthcheck":
                test = value.get("test")
                yield f"--health-cmd={' '.join(test)}" if test else "--no-healthcheck"
            elif key not in {"image", "build", "command", "depends_on", "network_mode"}:
                yield from GIVEN[key](value)
        if not service.get("healthcheck", {}).get("disable"):
            yield "--health-interval=disable"  # the tests ask


def interpolated(value: Any, settings: dict[str, str]) -> Any:
    """The same with `${NAME:-default}` replaced in every string."""
    if isinstance(value, dict):
        return {key: interpolated(inner, settings) for key, inner in value.items()}
    if isinstance(value, list):
        return [interpolated(inner, settings) for inner in value]
    if isinstance(value, str):
        chosen = re.sub(r"(?<!\$)\$\{(\w+):-(.*?)\}", lambda found: settings.get(found[1]) or found[2], value)
        return chosen.replace("$$", "$")
    return value


@contextmanager
def services(image: str, **settings: str) -> Iterator[Services]:
    """All of them, up and well. Gone behind the block, with their volumes, however it ends."""
    project = f"compose{secrets.token_hex(3)}"
    podman("network", "create", project)
    started = Services(project, image, **settings)
    try:
        started.up()
        yield started
    finally:
        names = podman("ps", "--all", "--quiet", "--filter", f"name={project}").split()
        ran("kill", *names)
        ran("rm", "--force", "--volumes", *names)
        ran("volume", "rm", *podman("volume", "ls", "--quiet", "--filter", f"name={project}").split())
        ran("network", "rm", project)
