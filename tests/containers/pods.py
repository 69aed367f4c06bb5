"""Pods that podman runs from the manifests, beside stores that the suite starts."""

import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Interface
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.chaos.system import System
from tests.containers.images import BASE, built
from tests.containers.podman import PodmanFailed, podman, ran
from tests.containers.releases import Release
from tests.deploy.manifests import container
from tests.fleet import fleet_environment
from tests.processes import until
from tests.servers import postgres_server, redis_server

SOON = 90
"""Seconds within which a pod is up, on a machine that has much else to do."""


@dataclass
class Pod:
    """One that runs, or ran."""

    name: str
    id: str
    main: str
    address: str
    port: int
    probes: dict[str, str]

    def execute(self, *command: str) -> str:
        """What a command prints in the library's container."""
        return podman("exec", self.main, *command)

    def told(self) -> list[dict[str, Any]]:
        """The lines of its log that are JSON."""
        said = ran("logs", self.main)
        return [json.loads(line) for line in (said.stdout + said.stderr).splitlines() if line.startswith("{")]

    def said(self) -> str:
        """The end of what it wrote."""
        said = ran("logs", "--tail=50", self.main)
        return said.stdout + said.stderr

    def status(self, path: str) -> int:
        """What a kubelet is answered there; 0 as long as nobody answers."""
        try:
            with urllib.request.urlopen(f"http://{self.address}:{self.port}{path}", timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def wait_until(self, reached: Callable[[], object]) -> None:
        """Looks again and again; fails with the pod's own words."""
        try:
            until(reached, within=SOON)
        except AssertionError as late:
            raise AssertionError(f"{self.name}: {self.said()}") from late

    def figures(self) -> str:
        """What Prometheus reads."""
        with urllib.request.urlopen(f"http://{self.address}:{self.port}/metrics", timeout=10) as answer:
            return answer.read().decode()

    def is_well(self) -> bool:
        """Whether each of its probes would succeed."""
        return {self.status(path) for path in self.probes.values()} == {200}

    def stop(self, within: int) -> int:
        """SIGTERM, and SIGKILL after so many seconds. Its exit code, which is 137 if that was needed."""
        podman("stop", f"--time={within}", self.main)
        return int(podman("inspect", "--format={{.State.ExitCode}}", self.main))


@dataclass
class Town:
    """A network with a PostgreSQL and a Redis, one volume for files, and the pods that were started there."""

    folder: Path
    network: str
    gateway: IPv4Interface
    stores: dict[str, str]
    """The addresses of the two as this process reaches them; the pods have the gateway's."""
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    secret_key: str = field(default_factory=lambda: secrets.token_urlsafe(50))
    releases: int = 0

    def release(self, image: str, **settings: str) -> Release:
        """The manifests with that image and these settings of the ConfigMap. Its Secret is there then."""
        self.releases += 1
        here = {name: url.replace("127.0.0.1", str(self.gateway.ip)) for name, url in self.stores.items()}
        told = {"ALLOWED_HOSTS": "localhost,127.0.0.1", "SECURE_SSL_REDIRECT": "0", **settings}
        secret = {**here, "SECRET_KEY": self.secret_key}
        release = Release(self.folder / f"release-{self.releases}", self.network, image, secret, **told)
        for name, data in release.secrets():
            if ran("secret", "inspect", name).returncode:
                podman("secret", "create", name, "-", told=data)
        if self.releases == 1:
            podman("kube", "play", "-", told=release.claim())
        return release

    def play(self, release: Release, what: str) -> Pod:
        """Starts one pod of what the repository calls `Deployment/web`, once its init container has let it."""
        number = next(self.numbers)
        name, address = f"{what.rpartition('/')[2]}-{number}-{self.network}", str(self.gateway.ip + 10 + number)
        settings = self.folder / f"{name}.settings.yaml"
        settings.write_text(release.settings(what, address), encoding="utf-8")
        given = [f"--network={self.network}", f"--ip={address}", f"--configmap={settings}", "-"]
        podman("kube", "play", *given, told=release.playable(what, name))
        found = json.loads(podman("pod", "ps", "--filter", f"name=^{name}", "--format=json"))[0]
        main = next(one["Names"] for one in found["Containers"] if one["Names"].endswith("-library"))
        spec = container(release.named(what), release.overlay)
        return Pod(name, found["Id"], main, address, spec.port if "ports" in spec.spec else 0, spec.probes)

    def states(self, container: str) -> list[str]:
        """How each container of that name in the manifests is, such as `running` or `created`."""
        found = json.loads(podman("ps", "--all", "--filter", f"name={self.network}.*-{container}$", "--format=json"))
        return [one["State"] for one in found]

    def play_all(self, release: Release, *whats: str) -> list[Pod]:
        """Starts several at once; each is well then."""
        with ThreadPoolExecutor(len(whats)) as at_once:
            pods = list(at_once.map(lambda what: self.play(release, what), whats))
        for pod in pods:
            pod.wait_until(pod.is_well)
        return pods

    def run(self, release: Release, what: str) -> Pod:
        """Runs a task's pod to its end, which must be a good one."""
        pod = self.play(release, what)
        code = podman("wait", pod.main)
        assert code == "0", f"{what} ended with {code}: {pod.said()}"
        return pod

    @property
    def system(self) -> System:
        """The same for who looks at the stores from outside."""
        return System(
            self.folder, None, fleet_environment(self.folder, SECRET_KEY=self.secret_key, PORT="8000", **self.stores)
        )


@contextmanager
def town(folder: Path) -> Iterator[Town]:
    """All of it is gone behind the block, however that ends."""
    name = f"town{secrets.token_hex(3)}"
    built()
    with ExitStack() as stack:
        stack.callback(_clear, name)
        podman("network", "create", name)
        # The bridge, and with it the gateway's address, is there as long as a container is.
        try:
            podman("run", "--detach", f"--name=holder-{name}", f"--network={name}", BASE, "sleep", "infinity")
        except PodmanFailed as failure:
            pytest.skip(f"podman runs no container in a network here: {str(failure)[-300:]}")
        subnet = json.loads(podman("network", "inspect", name))[0]["subnets"][0]
        gateway = IPv4Interface(f"{subnet['gateway']}/{subnet['subnet'].rpartition('/')[2]}")
        stores = {
            "DATABASE_URL": stack.enter_context(postgres_server(also_at=gateway)),
            "REDIS_URL": stack.enter_context(redis_server(also_at=str(gateway.ip))),
        }
        yield Town(folder, name, gateway, stores)


def _clear(name: str) -> None:
    containers = podman("ps", "--all", "--quiet", "--filter", f"network={name}").split()
    pods = podman("pod", "ps", "--quiet", "--filter", f"name={name}").split()
    ran("kill", *containers)
    ran("pod", "kill", *pods)
    ran("pod", "rm", "--force", *pods)
    ran("rm", "--force", *containers)
    volumes = podman("volume", "ls", "--quiet", "--filter", f"name={name}").split()
    ran("volume", "rm", "--force", *volumes)
    kept = podman("secret", "ls", "--format={{.Name}}").split()
    ran("secret", "rm", *[secret for secret in kept if name in secret])
    ran("network", "rm", "--force", name)
