"""What the workflows promise, and that what they name is there."""

import re
from typing import Any

import pytest
import yaml

from library.settings import BASE_DIR

WORKFLOWS = {
    path.name: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in sorted((BASE_DIR / ".github" / "workflows").glob("*.yml"))
}
WRITES = {("deliver.yml", "image"): {"packages", "id-token", "attestations"}}
"""Which job may write what. Nothing else may write anything."""


JOBS = [
    pytest.param(name, job, about, id=f"{name}:{job}")
    for name, workflow in WORKFLOWS.items()
    for job, about in workflow["jobs"].items()
]


def steps() -> list[dict[str, Any]]:
    """Every step of every job."""
    return [
        step for workflow in WORKFLOWS.values() for job in workflow["jobs"].values() for step in job.get("steps", [])
    ]


@pytest.mark.parametrize(("workflow", "job", "about"), JOBS)
def test_a_job_may_do_what_it_needs_and_ends_in_time(workflow: str, job: str, about: dict[str, Any]) -> None:
    assert WORKFLOWS[workflow]["permissions"] == {}
    writes = {scope for scope, right in about["permissions"].items() if right == "write"}
    assert writes == WRITES.get((workflow, job), set())
    assert "uses" in about or about["timeout-minutes"] <= 90


def test_every_action_is_one_commit_with_its_version_beside_it() -> None:
    for path in (BASE_DIR / ".github" / "workflows").glob("*.yml"):
        for used in re.findall(r"uses: (.*)", path.read_text(encoding="utf-8")):
            assert used.startswith("./") or re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used), used


def test_no_checkout_leaves_its_credentials_behind() -> None:
    checkouts = [step for step in steps() if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_what_a_step_runs_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (BASE_DIR / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    commands = "\n".join(step.get("run", "") for step in steps())
    assert set(re.findall(r"\bmake ([a-z-]+)", commands)) <= targets
    for script in set(re.findall(r"\bdeploy/\S+", commands)):
        assert (BASE_DIR / script).is_file(), script
    for overlay in re.findall(r"deploy/roll_out\.sh (\w+)", commands):
        assert (BASE_DIR / "deploy/kubernetes/overlays" / overlay / "kustomization.yaml").is_file(), overlay


def test_only_what_was_looked_at_and_tried_reaches_production() -> None:
    delivered = WORKFLOWS["deliver.yml"]["jobs"]
    reached, before = set(), ["production"]
    while before:
        needs = delivered[before.pop()].get("needs", [])
        before += [needs] if isinstance(needs, str) else needs
        reached |= {*before}
    assert reached == {"check", "image", "scan", "staging"}
    images = {job: delivered[job]["steps"][-1]["env"]["IMAGE"] for job in ("staging", "production")}
    assert images["staging"] == images["production"] == "${{ needs.image.outputs.image }}"
    assert delivered["image"]["outputs"]["image"].endswith("@${{ steps.build.outputs.digest }}")
    assert delivered["production"]["environment"] == "production"
