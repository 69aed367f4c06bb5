"""What every part of the manifests has, and that what one names another has."""

from ipaddress import ip_address, ip_network

import pytest

from deploy.kubernetes.validate import OLDEST, faults
from kernel.outgoing.addresses import is_public
from library.operations.worker.cluster import TIMEOUT
from tests.deploy.manifests import (
    MAIN,
    WEB,
    WORKER,
    Resource,
    container,
    containers,
    in_each_overlay,
    name_of,
    needs_renderer,
    of_kind,
    pods,
)

pytestmark = needs_renderer
LONGEST_DRAIN = 22
"""Seconds that a web server may take to answer what it accepted."""
LONGEST_MIGRATION = 1800
"""Seconds that a deployment waits for the migration; the new pods wait as well, and have not failed until then."""


def matching(overlay: str, selector: Resource) -> list[str]:
    """What has pods with all the selector's labels."""
    wanted = selector.get("matchLabels", {}).items()
    return [name for name, pod in pods(overlay, own=False).items() if wanted <= pod["metadata"]["labels"].items()]


def test_a_field_that_kubernetes_does_not_know_is_a_fault() -> None:
    sound = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "library"}}
    assert not list(faults([sound], OLDEST))
    assert list(faults([{**sound, "speck": {}}], OLDEST)) != []
    assert list(faults([{**sound, "kind": "Namespaces"}], OLDEST)) != []


@in_each_overlay
def test_every_selector_finds_pods(overlay: str) -> None:
    for found in of_kind(overlay, "Deployment", "StatefulSet"):
        assert matching(overlay, found["spec"]["selector"]) == [name_of(found)]
    for found in of_kind(overlay, "PodDisruptionBudget"):
        assert matching(overlay, found["spec"]["selector"]) == [f"Deployment/{found['metadata']['name']}"]
    for found in of_kind(overlay, "Service"):
        assert len(matching(overlay, {"matchLabels": found["spec"]["selector"]})) == 1, name_of(found)
    for name, pod in pods(overlay).items():
        for rule in pod["spec"].get("topologySpreadConstraints", []):
            assert matching(overlay, rule["labelSelector"]) == [name]


@in_each_overlay
def test_the_way_in_leads_to_a_port_that_is_open(overlay: str) -> None:
    services = {found["metadata"]["name"]: found["spec"]["ports"] for found in of_kind(overlay, "Service")}
    (entry,) = of_kind(overlay, "Ingress")
    for path in entry["spec"]["rules"][0]["http"]["paths"]:
        backend = path["backend"]["service"]
        (target,) = [
            port["targetPort"] for port in services[backend["name"]] if port["name"] == backend["port"]["name"]
        ]
        assert target in {port["name"] for port in container(WEB, overlay).spec["ports"]}
    assert entry["spec"]["tls"][0]["hosts"] == [entry["spec"]["rules"][0]["host"]]
    assert entry["spec"]["rules"][0]["host"] == container(WEB, overlay).environment()["PUBLIC_HOSTS"]


@in_each_overlay
def test_nobody_is_reached_but_by_whom_a_policy_names(overlay: str) -> None:
    policies = {found["metadata"]["name"]: found["spec"] for found in of_kind(overlay, "NetworkPolicy")}
    assert policies["nobody"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for name, policy in policies.items():
        assert matching(overlay, policy["podSelector"]), name
        peers = [peer for rule in policy.get("ingress", []) for peer in rule["from"]]
        peers += [peer for rule in policy.get("egress", []) for peer in rule["to"]]
        assert peers or name == "nobody"
        for peer in peers:
            if "namespaceSelector" not in peer and "ipBlock" not in peer:
                assert matching(overlay, peer["podSelector"]), name
    assert matching(overlay, policies["web"]["podSelector"]) == [WEB]
    assert set(matching(overlay, policies["to-stores"]["podSelector"])) == set(pods(overlay))


@in_each_overlay
def test_workers_reach_the_outside_world_and_no_private_network(overlay: str) -> None:
    (policy,) = [found for found in of_kind(overlay, "NetworkPolicy") if found["metadata"]["name"] == "worker"]
    (rule,) = policy["spec"]["egress"]
    blocks = [(ip_network(to["ipBlock"]["cidr"]), to["ipBlock"].get("except", [])) for to in rule["to"]]

    def may_call(address: str) -> bool:
        ip = ip_address(address)
        return any(ip in block and not any(ip in ip_network(hole) for hole in holes) for block, holes in blocks)

    outside = ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]
    inside = ["10.1.2.3", "172.20.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "127.0.0.1", "2002:a01:203::1"]
    assert all(may_call(address) and is_public(address) for address in outside)
    assert not any(may_call(address) or is_public(address) for address in inside)


@in_each_overlay
def test_every_container_is_contained_and_asks_for_what_it_needs(overlay: str) -> None:
    for name, pod in pods(overlay, own=False).items():
        assert pod["spec"]["automountServiceAccountToken"] is False, name
        assert pod["spec"]["securityContext"]["runAsNonRoot"] is True, name
        assert pod["spec"]["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert all("sizeLimit" in volume["emptyDir"] for volume in pod["spec"]["volumes"] if "emptyDir" in volume), name
        for found in containers(pod):
            context = found["securityContext"]
            assert context["allowPrivilegeEscalation"] is False, name
            assert context["readOnlyRootFilesystem"] is True, name
            assert context["capabilities"] == {"drop": ["ALL"]}, name
            assert {"cpu", "memory"} <= found["resources"]["requests"].keys(), name
            assert "memory" in found["resources"]["limits"], name
    for name, pod in pods(overlay).items():
        assert pod["spec"]["serviceAccountName"] == "library", name
        assert pod["spec"]["securityContext"]["runAsUser"] == 10001, name
    (namespace,) = of_kind(overlay, "Namespace")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


@in_each_overlay
def test_every_image_is_a_certain_one(overlay: str) -> None:
    for name, pod in pods(overlay, own=False).items():
        for found in containers(pod):
            repository, _, tag = found["image"].partition("@" if "@" in found["image"] else ":")
            assert repository
            assert tag not in ("", "latest", "unset"), name
    ours = {found["image"] for pod in pods(overlay).values() for found in containers(pod)}
    assert len(ours) == 1


@in_each_overlay
def test_whatever_stays_up_has_a_probe_for_each_meaning(overlay: str) -> None:
    for found in of_kind(overlay, "Deployment", "StatefulSet"):
        for one in found["spec"]["template"]["spec"]["containers"]:
            assert {"startupProbe", "readinessProbe", "livenessProbe"} <= one.keys(), name_of(found)
    for name in (WEB, WORKER):
        assert container(name, overlay).probes == {
            "startupProbe": "/health/started",
            "readinessProbe": "/health/ready",
            "livenessProbe": "/health/live",
        }
        annotations = pods(overlay)[name]["metadata"]["annotations"]
        assert annotations["prometheus.io/port"] == str(container(name, overlay).port)


@in_each_overlay
def test_no_replica_goes_before_another_serves_and_each_has_time_to_finish(overlay: str) -> None:
    for found in of_kind(overlay, "Deployment"):
        if name_of(found) in (WEB, WORKER):
            assert found["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
            assert found["spec"]["progressDeadlineSeconds"] > LONGEST_MIGRATION
            assert "replicas" not in found["spec"]  # whose number the autoscaler keeps
    away = container(WEB, overlay).spec["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pods(overlay)[WEB]["spec"]["terminationGracePeriodSeconds"] > away + LONGEST_DRAIN
    assert pods(overlay)[WORKER]["spec"]["terminationGracePeriodSeconds"] > TIMEOUT + 5


@in_each_overlay
def test_every_replica_has_the_exchanged_files(overlay: str) -> None:
    (claim,) = of_kind(overlay, "PersistentVolumeClaim")
    for name, pod in pods(overlay).items():
        volumes = {volume["name"]: volume for volume in pod["spec"]["volumes"]}
        claimed = volumes["files"]["persistentVolumeClaim"]["claimName"]
        assert claimed == claim["metadata"]["name"], name
        for found in containers(pod):
            mounts = {mount["name"]: mount["mountPath"] for mount in found["volumeMounts"]}
            assert mounts["files"] == container(WEB, overlay).environment()["FILES_DIR"], name
    # A cluster of one node has storage for that node only.
    assert claim["spec"]["accessModes"] == (["ReadWriteOnce"] if overlay == "demo" else ["ReadWriteMany"])


@in_each_overlay
def test_no_process_starts_before_its_schema_is_there(overlay: str) -> None:
    for name, pod in pods(overlay).items():
        before = [found for found in pod["spec"].get("initContainers", []) if "migrate --check" in found["args"][-1]]
        assert len(before) == (name != "Job/migrate"), name


@in_each_overlay
def test_no_task_of_the_clock_runs_beside_itself(overlay: str) -> None:
    for found in of_kind(overlay, "CronJob"):
        spec = found["spec"]
        assert (spec["concurrencyPolicy"], spec["timeZone"]) == ("Forbid", "Asia/Seoul")
        assert spec["startingDeadlineSeconds"] >= 60
        assert spec["jobTemplate"]["spec"]["activeDeadlineSeconds"]
        assert spec["timeZone"] == container(WEB, overlay).environment()["TIME_ZONE"]


@pytest.mark.parametrize("name", [WEB, WORKER])
def test_both_overlays_run_the_same(name: str) -> None:
    demo, production = (container(name, overlay) for overlay in ("demo", "production"))
    assert demo.spec["name"] == MAIN
    assert (demo.command, demo.names, demo.probes) == (production.command, production.names, production.probes)
