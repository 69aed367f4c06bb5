"""`python deploy/kubernetes/validate.py`: whether the overlays are what Kubernetes takes, by its published schemas.

Strictly: a field that no schema knows is a fault. By the oldest Kubernetes that we support and the newest one known.
Exits with 1 and names each fault. Needs no cluster and no network.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from kubernetes_validate import SchemaNotFoundError, ValidationError, latest_version, validate

HERE = Path(__file__).parent
OVERLAYS = sorted(listing.parent.name for listing in HERE.glob("overlays/*/kustomization.yaml"))
OLDEST = "1.30.0"
"""The first that knows `preStop.sleep` without being asked to."""
RENDERERS = {"kubectl": ["kubectl", "kustomize"], "kustomize": ["kustomize", "build"]}


def renderer() -> list[str]:
    """The command that renders an overlay; empty where there is none on this machine."""
    return next((command for name, command in RENDERERS.items() if shutil.which(name)), [])


def rendered(folder: Path) -> list[dict[str, Any]]:
    """The resources that `kubectl apply -k` would send for a folder."""
    shown = subprocess.run([*renderer(), str(folder)], check=True, capture_output=True, text=True)  # noqa: S603
    return list(yaml.safe_load_all(shown.stdout))


def whole_resources() -> Iterator[dict[str, Any]]:
    """Those that need no rendering: from each file that is listed as a resource, but for the pods'."""
    for listing in HERE.rglob("kustomization.yaml"):
        for name in yaml.safe_load(listing.read_text(encoding="utf-8"))["resources"]:
            file = listing.parent / name
            if file.suffix == ".yaml" and file.parent.name != "pods":
                yield from yaml.safe_load_all(file.read_text(encoding="utf-8"))


def faults(resources: list[dict[str, Any]], version: str) -> Iterator[str]:
    """What that version of Kubernetes would not take, in words."""
    for resource in resources:
        name = f"{resource.get('kind')} {resource.get('metadata', {}).get('name')}"
        try:
            validate(resource, version, strict=True)
        except ValidationError as fault:
            yield f"{name}: {'.'.join(map(str, fault.absolute_path))}: {fault.message}"
        except SchemaNotFoundError as fault:
            yield f"{name}: {fault.message}"


def main() -> int:
    """Validates everything by each version."""
    if renderer():
        everything = {f"overlays/{overlay}": rendered(HERE / "overlays" / overlay) for overlay in OVERLAYS}
    else:
        print("Neither kubectl nor kustomize is here: only what is whole in itself is validated, no pod and no patch.")
        everything = {"whole resources": list(whole_resources())}
    found = 0
    for name, resources in everything.items():
        for version in (OLDEST, latest_version()):
            wrong = list(faults(resources, version))
            found += len(wrong)
            values = f"{name}: {len(resources)} resources, {len(wrong)} faults by Kubernetes {version}"
            print(values, *wrong, sep="\n  ")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
