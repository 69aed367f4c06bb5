"""A release of the library for podman: what `kubectl kustomize` makes of the production overlay for one town.

podman 4.3 refuses or passes over some of what a Pod may say. Exactly that is said to it in another way, here and
nowhere else; all other words of the manifests reach it as they are.

- It takes no Job and no CronJob: their pod is played as a Pod.
- It knows no `status.podIP`, puts no value for `$(NAME)`, and lets `envFrom` win over `env`: each pod is played with
  its address, and its ConfigMap has what the kubelet would make of both.
- A Secret is read only in a form that `kube play` does not write: `podman secret create` does.
- An `emptyDir` is a volume of that name, shared by all pods: it is named after its pod.
- With `restartPolicy: Always` it restarts the init container that has ended: OnFailure.
- A port is published on the host, and a probe calls curl inside the container, where there is none: both are left out,
  and the tests ask the probes' addresses from outside, as a kubelet does.
- `preStop`, `fsGroup` and what places a pod on a node it passes over.
"""

import copy
import json
import os
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from deploy.kubernetes.validate import HERE
from tests.deploy.manifests import MAIN, Resource, container, containers, of_kind, pods


class Release:
    """The production overlay with a town's image, settings and secret; all names end in the town's word."""

    def __init__(self, folder: Path, town: str, image: str, secret: dict[str, str], **settings: str) -> None:
        self.town, self.overlay = town, str(folder)
        name, _, tag = image.partition(":")
        literals = {"settings": settings, "secret": secret}
        given = {what: [f"{key}={value}" for key, value in pairs.items()] for what, pairs in literals.items()}
        folder.mkdir()
        listing: dict[str, Any] = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": [os.path.relpath(HERE / "overlays" / "production", folder)],
            "namespace": "library",
            "nameSuffix": f"-{town}",
            "images": [{"name": "ghcr.io/OWNER/library", "newName": name, "newTag": tag, "digest": ""}],
            "configMapGenerator": [{"name": "library", "behavior": "merge", "literals": given["settings"]}],
            "secretGenerator": [{"name": "library", "literals": given["secret"]}],
        }
        (folder / "kustomization.yaml").write_text(yaml.safe_dump(listing), encoding="utf-8")

    def named(self, what: str) -> str:
        """The name here of what the repository calls `Deployment/web`."""
        return f"{what}-{self.town}"

    def template(self, what: str) -> Resource:
        """The pod's template as the manifests have it."""
        return pods(self.overlay)[self.named(what)]

    def claim(self) -> str:
        """The claim of the volume for files, as YAML."""
        return yaml.safe_dump_all(of_kind(self.overlay, "PersistentVolumeClaim"))

    def secrets(self) -> Iterator[tuple[str, str]]:
        """The name of each Secret, and its data as podman keeps them."""
        for found in of_kind(self.overlay, "Secret"):
            yield found["metadata"]["name"], json.dumps(found["data"])

    def secret(self) -> dict[str, str]:
        """What is in the Secret, in the clear."""
        (found,) = of_kind(self.overlay, "Secret")
        return {name: b64decode(value).decode() for name, value in found["data"].items()}

    def settings(self, what: str, address: str) -> str:
        """The ConfigMap for one pod at that address, as YAML."""
        found = container(self.named(what), self.overlay)
        (source,) = [one["configMapRef"]["name"] for one in found.spec["envFrom"] if "configMapRef" in one]
        (configmap,) = [one for one in of_kind(self.overlay, "ConfigMap") if one["metadata"]["name"] == source]
        return yaml.safe_dump({**configmap, "data": found.environment(pod_ip=address)})

    def playable(self, what: str, name: str) -> str:
        """What podman is given to run one pod of that kind under that name, as YAML."""
        template = copy.deepcopy(self.template(what))
        spec = template["spec"]
        spec["restartPolicy"] = "Never" if spec.get("restartPolicy") == "Never" else "OnFailure"
        for found in containers(template):
            for passed_over in ("env", "ports", "startupProbe", "readinessProbe", "livenessProbe"):
                found.pop(passed_over, None)
            for mount in found["volumeMounts"]:
                mount["name"] = mount["name"] if mount["name"] == "files" else f"{mount['name']}-{name}"
        for volume in spec["volumes"]:
            volume["name"] = f"{volume['name']}-{name}" if "emptyDir" in volume else volume["name"]
        head = {"metadata": {**template["metadata"], "name": name}}
        if not what.startswith("Deployment/"):
            return yaml.safe_dump({"apiVersion": "v1", "kind": "Pod", **head, "spec": spec})
        return yaml.safe_dump({"apiVersion": "apps/v1", "kind": "Deployment", **head, "spec": {"template": template}})


def main_of(template: Resource) -> Resource:
    """The library's own container in a pod."""
    return next(found for found in template["spec"]["containers"] if found["name"] == MAIN)
