"""A new image is rolled out over pods of the manifests while people come, and nobody notices."""

from pathlib import Path

import pytest

from tests.chaos.system import waiting_in
from tests.containers.images import released
from tests.containers.pods import Pod, Town
from tests.containers.releases import Release
from tests.deploy.manifests import WEB, WORKER
from tests.proxy import NO_HAPROXY, Proxy, has_haproxy
from tests.visitors import let_down, visitors

pytestmark = pytest.mark.once
FEW = 2
"""Beside the desk: what is measured is whether anybody is let down, not how many can be served."""


@pytest.mark.skipif(not has_haproxy(), reason=NO_HAPROXY)
def test_web_and_worker_pods_are_replaced_by_the_next_image_and_nobody_is_let_down(
    place: Town, image: str, tmp_path: Path
) -> None:
    running, proxy = place.release(image), Proxy(tmp_path)
    place.run(running, "Job/migrate")
    town = place.system.run("town.found")
    town["patrons"] = town["patrons"][:FEW]
    old = place.play_all(running, WEB, WEB, WORKER, WORKER)
    with proxy.running():
        for number, pod in enumerate(old[:2]):
            proxy.add(number + 1, pod.port, pod.address)
        with visitors(proxy.port, town) as people:
            new = roll_out(place, place.release(released("next")), proxy, old)
        new[0].wait_until(lambda: not waiting_in(new[0].figures()))

    assert let_down(people) == [], "\n".join(pod.said()[-1_000:] for pod in (*old, *new))
    assert all(person.memory.borrowed and person.memory.returned for person in people)
    told = {"memories": [person.memory for person in people], "books": town["books"]}
    assert place.system.run("truth.compare", told) == []
    place.run(running, "CronJob/check-dashboard")


def roll_out(place: Town, release: Release, proxy: Proxy, old: list[Pod]) -> list[Pod]:
    """As a cluster does: the migration, and then one pod more before one less; who leaves is sent nothing any more."""
    place.run(release, "Job/migrate")
    new = []
    for number, (pod, what) in enumerate(zip(old, (WEB, WEB, WORKER, WORKER), strict=True)):
        new += place.play_all(release, what)
        if what == WEB:
            proxy.add(number + 3, new[-1].port, new[-1].address)
            proxy.remove(number + 1)
        code = pod.stop(release.template(what)["spec"]["terminationGracePeriodSeconds"])
        assert code == 0, f"{pod.name} ended with {code}: {pod.said()}"
    return new
