"""Web, worker and the tasks run as pods, from the production manifests and the image of the repository's Dockerfile."""

import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.containers.podman import podman
from tests.containers.pods import Pod, Town
from tests.containers.releases import Release, main_of
from tests.deploy.manifests import MAIN, WEB, WORKER
from tests.processes import until

pytestmark = pytest.mark.once
FULL = {"LENDING_AT_ONCE": "0", "LENDING_IN_LINE": "0"}
"""With these every borrow is deferred, which lending notes at DEBUG."""
GONE_WITHIN = 10
FILES = "/var/lib/library/files"


@pytest.fixture(scope="module")
def release(place: Town, image: str) -> Release:
    """As the repository has it."""
    return place.release(image)


@pytest.fixture(scope="module")
def pods(place: Town, release: Release) -> list[Pod]:
    """Two web pods and a worker. The worker's is played on an empty database, and the migration comes when it waits."""
    with ThreadPoolExecutor() as at_once:
        worker = at_once.submit(place.play, release, WORKER)
        until(lambda: worker.done() or place.states("migrated") == ["running"])
        assert worker.running(), worker.result()
        assert place.states(MAIN) == ["created"]
        place.run(release, "Job/migrate")
        return [*place.play_all(release, WEB, WEB), worker.result()]


@pytest.fixture(scope="module")
def people(place: Town, pods: list[Pod]) -> dict[str, Any]:
    """Some readers and books."""
    return place.system.run("town.found")


def test_no_pod_starts_before_the_schema_is_there_and_each_answers_its_probes(pods: list[Pod]) -> None:
    for pod in pods:
        assert len(pod.probes) == 3
        pod.wait_until(pod.is_well)


@pytest.mark.parametrize(("what", "number"), [(WEB, 0), (WEB, 1), (WORKER, 2)])
def test_a_pod_is_contained_as_its_security_context_says(
    release: Release, pods: list[Pod], what: str, number: int
) -> None:
    template, pod = release.template(what), pods[number]
    person, container = template["spec"]["securityContext"], main_of(template)
    status = dict(line.split(":\t", 1) for line in pod.execute("cat", "/proc/1/status").splitlines() if ":\t" in line)
    assert set(status["Uid"].split()) == {str(person["runAsUser"])} == {"10001"}
    assert set(status["Gid"].split()) == {str(person["runAsGroup"])} == {"10001"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert status["NoNewPrivs"] == "1"
    assert {int(value, 16) for name, value in status.items() if name.startswith("Cap")} == {0}
    assert person["seccompProfile"] == {"type": "RuntimeDefault"}
    assert status["Seccomp"] == "2", "no filter of system calls"
    tried = (
        f"for place in / /srv/library /opt/library /etc /tmp {FILES}; do touch $place/x 2>&- && echo $place; done; true"
    )
    assert pod.execute("sh", "-c", tried).split() == ["/tmp", FILES]
    limit = podman("inspect", "--format={{.HostConfig.Memory}}", pod.main)
    assert int(limit) == int(container["resources"]["limits"]["memory"].removesuffix("Mi")) * 2**20


def test_a_line_of_the_configmap_changes_how_much_lending_tells_and_nobody_else(
    place: Town, image: str, people: dict[str, Any]
) -> None:
    quiet, talkative = (place.release(image, **FULL, **more) for more in ({}, {"LENDING_LOG_LEVEL": "DEBUG"}))
    told = []
    for release in (quiet, talkative):
        [pod] = place.play_all(release, WEB)
        borrow(pod, people)
        until(lambda pod=pod: any(line.get("status") == 202 for line in pod.told()))
        told.append({(line["level"], line["logger"].partition(".")[0]) for line in pod.told()})
    debugging = [{logger for level, logger in lines if level == "DEBUG"} for lines in told]
    assert debugging == [set(), {"lending"}]
    assert all(("INFO", "library") in lines for lines in told)


def borrow(pod: Pod, people: dict[str, Any]) -> None:
    """A reader borrows a book at that pod."""
    reader = people["patrons"][0]
    request = urllib.request.Request(
        f"http://{pod.address}:{pod.port}/api/v1/loans",
        json.dumps({"book": people["books"][0]}).encode(),
        {"Authorization": f"Token {people['tokens'][str(reader)]}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert answer.status == 202


def shell(pod: Pod, code: str) -> str:
    """What a line of Python prints there, with the storage of exchanged files as `s`."""
    known = "from django.core.files.base import ContentFile; from django.core.files.storage import default_storage as s"
    return pod.execute("python", "manage.py", "shell", "-v", "0", "-c", f"{known}; {code}")


def test_two_replicas_and_a_task_write_and_read_one_volume(place: Town, release: Release, pods: list[Pod]) -> None:
    first, second, worker = pods
    shell(first, "s.save('one.txt', ContentFile('책'))")
    for pod in (second, worker):
        assert shell(pod, "print(s.open('one.txt').read().decode())") == "책"
    second.execute("rm", f"{FILES}/one.txt")
    place.run(release, "CronJob/backup")
    kept = [pod.execute("ls", f"{FILES}/backups") for pod in (first, second, worker)]
    assert len({*kept}) == 1
    assert kept[0].split(), "the backup is nowhere to be seen"
    assert "one.txt" not in first.execute("ls", FILES)


@pytest.mark.parametrize("what", [WEB, WORKER])
def test_a_pod_is_gone_soon_after_it_is_told_to_stop(place: Town, release: Release, pods: list[Pod], what: str) -> None:
    assert release.template(what)["spec"]["terminationGracePeriodSeconds"] > GONE_WITHIN
    [pod] = place.play_all(release, what)
    assert pod.stop(GONE_WITHIN) == 0, pod.said()
