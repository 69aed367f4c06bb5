"""The manifests as `kubectl apply -k` sends them, and what a container of theirs would run, for tests."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from deploy.kubernetes.validate import HERE, OVERLAYS, rendered, renderer
from library.settings import BASE_DIR

Resource = dict[str, Any]
MAIN = "library"
"""The name of the library's own container in each of its pods."""
WEB = "Deployment/web"
WORKER = "Deployment/worker"

needs_renderer = pytest.mark.skipif(not renderer(), reason="neither kubectl nor kustomize is installed")
in_each_overlay = pytest.mark.parametrize("overlay", OVERLAYS)


@cache
def resources(overlay: str) -> list[Resource]:
    """All of an overlay."""
    return rendered(HERE / "overlays" / overlay)


def of_kind(overlay: str, *kinds: str) -> list[Resource]:
    """Those of some kinds."""
    return [found for found in resources(overlay) if found["kind"] in kinds]


def name_of(resource: Resource) -> str:
    """Such as `Deployment/web`."""
    return f"{resource['kind']}/{resource['metadata']['name']}"


def pods(overlay: str, *, own: bool = True) -> dict[str, Resource]:
    """The pod template of everything that runs, by the name of what it belongs to; the library's own, or all."""
    found = {}
    for resource in of_kind(overlay, "Deployment", "StatefulSet", "Job", "CronJob"):
        spec = resource["spec"]
        template = (spec["jobTemplate"]["spec"] if resource["kind"] == "CronJob" else spec)["template"]
        if not own or template["metadata"]["labels"]["app.kubernetes.io/name"] == "library":
            found[name_of(resource)] = template
    return found


def containers(template: Resource) -> list[Resource]:
    """A pod's containers, those that run first among them."""
    return [*template["spec"].get("initContainers", []), *template["spec"]["containers"]]


@dataclass(frozen=True)
class Container:
    """A container of the library, as a test can run it."""

    overlay: str
    spec: Resource

    @property
    def command(self) -> list[str]:
        """What runs under the image's entry point; where the manifest names nothing, what the image runs."""
        return self.spec.get("args") or _command_of_image()

    @property
    def names(self) -> set[str]:
        """The names of the environment that the manifest gives it; a secret's are not known here."""
        return {variable["name"] for variable in self.spec.get("env", [])} | set(self._settings())

    @property
    def port(self) -> int:
        """The port that its probes and Prometheus ask at."""
        return self.spec["ports"][0]["containerPort"]

    @property
    def probes(self) -> dict[str, str]:
        """The path of each probe, by its kind."""
        kinds = ("startupProbe", "readinessProbe", "livenessProbe")
        return {kind: self.spec[kind]["httpGet"]["path"] for kind in kinds if kind in self.spec}

    def environment(self, *, pod_ip: str = "127.0.0.1", **secrets: str) -> dict[str, str]:
        """What the kubelet would give it, with these secrets: `env` wins, and may name what stands before it."""
        before: dict[str, str] = {}
        for variable in self.spec.get("env", []):
            value = variable.get("value")
            if value is None:
                source = variable["valueFrom"]
                key = source.get("configMapKeyRef", {}).get("key")
                value = self._settings()[key] if key else {"status.podIP": pod_ip}[source["fieldRef"]["fieldPath"]]
            before[variable["name"]] = re.sub(r"\$\((\w+)\)", lambda match: before.get(match[1], match[0]), value)
        return {**self._settings(), **secrets, **before}

    def _settings(self) -> dict[str, str]:
        named = {source["configMapRef"]["name"] for source in self.spec["envFrom"] if "configMapRef" in source}
        settings: dict[str, str] = {}
        for found in of_kind(self.overlay, "ConfigMap"):
            if found["metadata"]["name"] in named:
                settings |= found["data"]
        return settings


def container(name: str, overlay: str = "production", *, named: str = MAIN) -> Container:
    """The library's container in what has that name, such as `Deployment/web` or `CronJob/backup`, or another there."""
    return Container(overlay, next(one for one in containers(pods(overlay)[name]) if one["name"] == named))


def all_containers(overlay: str) -> Iterator[tuple[str, Container]]:
    """Each container of the library, with what it belongs to and its own name."""
    for name, template in pods(overlay).items():
        for spec in containers(template):
            yield f"{name} {spec['name']}", Container(overlay, spec)


def _command_of_image() -> list[str]:
    dockerfile = (BASE_DIR / "Dockerfile").read_text(encoding="utf-8")
    return json.loads(re.findall(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)[-1])
