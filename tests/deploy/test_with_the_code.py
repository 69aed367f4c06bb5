"""What the manifests name is there in the code: settings, commands, addresses, figures."""

import importlib.util
import logging
import re
import shlex
import shutil
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands, load_command_class
from django.urls import URLPattern, URLResolver, resolve
from promql_parser import parse

from deploy.kubernetes.validate import HERE, rendered
from kernel.eventbus.telemetry.metrics import DeliveryMetrics
from lending.overload.configuration import kept_for_desk
from library.operations.processes import PROCFILE
from library.operations.web.kept import kept_for_looks
from library.settings import BASE_DIR
from library.urls import urlpatterns
from tests.deploy.manifests import (
    OVERLAYS,
    WEB,
    WORKER,
    Resource,
    all_containers,
    container,
    in_each_overlay,
    name_of,
    needs_renderer,
    of_kind,
    pods,
)
from tests.test_settings import python

pytestmark = needs_renderer
STEPS_TOWARDS_A_SETTING = {"PUBLIC_HOSTS", "POD_IP"}
"""What ALLOWED_HOSTS is put together from; the library reads only that."""
INSIDE = {"health/", "metrics"}
"""What the cluster asks, and nobody outside."""


def read_by_the_library() -> set[str]:
    """The names of the environment that settings read, and the worker's watcher, which does without them; and those
    that the Procfile hands to the web server."""
    text = "".join(
        (BASE_DIR / "library" / name).read_text(encoding="utf-8")
        for name in ("settings.py", "operations/worker/__main__.py")
    )
    return set(re.findall(r'env\.\w+\(\s*"(\w+)"', text)) | set(re.findall(r"\$\{?(\w+)", PROCFILE.read_text()))


@in_each_overlay
def test_every_name_of_the_environment_is_one_that_settings_read(overlay: str) -> None:
    known = read_by_the_library() | STEPS_TOWARDS_A_SETTING
    assert {"LENDING_LOG_LEVEL", "WEB_THREADS", "HOST"} <= known
    unknown = {what: found.names - known for what, found in all_containers(overlay) if found.names - known}
    assert not unknown


@in_each_overlay
def test_every_command_is_there_and_takes_what_it_is_given(overlay: str) -> None:
    ran = set()
    for what, found in all_containers(overlay):
        words = [word.strip(";") for argument in found.command for word in shlex.split(argument)]
        if "manage.py" in words:
            name, *arguments = words[words.index("manage.py") + 1 :]
            arguments = arguments[: arguments.index("do")] if "do" in arguments else arguments
            assert name in get_commands(), what
            load_command_class(get_commands()[name], name).create_parser("manage.py", name).parse_args(arguments)
            ran.add(name)
        elif "-m" in words:
            assert importlib.util.find_spec(words[words.index("-m") + 1]), what
    asked = "make_ready" if overlay == "demo" else "migrate"
    assert ran == {"migrate", asked, "sweep_overdue", "apply_retention", "backup", "check_dashboard"}


@pytest.mark.parametrize("kind", ["startupProbe", "readinessProbe", "livenessProbe"])
def test_every_probe_asks_at_an_address_of_the_library(kind: str) -> None:
    for overlay in OVERLAYS:
        assert resolve(container(WEB, overlay).probes[kind]).url_name
        assert resolve(pods(overlay)[WEB]["metadata"]["annotations"]["prometheus.io/path"])


def routed(overlay: str, address: str) -> bool:
    """Whether the way in leads an address to the library, by the rules that Kubernetes has for its paths."""
    (entry,) = of_kind(overlay, "Ingress")
    for path in entry["spec"]["rules"][0]["http"]["paths"]:
        if address == path["path"] or (
            path["pathType"] == "Prefix" and address.startswith(path["path"].rstrip("/") + "/")
        ):
            return True
    return False


@in_each_overlay
def test_the_way_in_leads_to_every_public_address_and_to_no_other(overlay: str) -> None:
    prefixes = [str(found.pattern) for found in urlpatterns if isinstance(found, URLPattern | URLResolver)]
    inside = {prefix for prefix in prefixes if prefix.startswith(tuple(INSIDE))}
    assert len(inside) >= 3
    for prefix in [*(set(prefixes) - inside), "static/admin/css/base.css", "api/v1/books"]:
        assert routed(overlay, f"/{prefix}"), prefix
    assert not [prefix for prefix in [*inside, "metrics/", "", "no"] if prefix and routed(overlay, f"/{prefix}")]


def autoscaler(overlay: str, name: str) -> Resource:
    """The rules by which a number of replicas is chosen."""
    (found,) = [one["spec"] for one in of_kind(overlay, "HorizontalPodAutoscaler") if one["metadata"]["name"] == name]
    assert f"{found['scaleTargetRef']['kind']}/{found['scaleTargetRef']['name']}" in pods(overlay)
    return found


@in_each_overlay
def test_web_is_scaled_by_its_processor_and_workers_by_what_waits(overlay: str) -> None:
    web, worker = autoscaler(overlay, "web"), autoscaler(overlay, "worker")
    least = 1 if overlay == "demo" else 2
    assert (web["minReplicas"], web["maxReplicas"], worker["minReplicas"]) == (least, 10, least)
    (by_processor,), (by_backlog,) = web["metrics"], worker["metrics"]
    assert by_processor["resource"] == {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}
    assert by_backlog["external"]["target"]["type"] == "AverageValue"
    for rules in (web, worker):
        assert rules["behavior"]["scaleDown"]["stabilizationWindowSeconds"] >= 300
    (told,) = yaml.safe_load((HERE / "prometheus-adapter.yaml").read_text(encoding="utf-8"))["externalRules"]
    assert by_backlog["external"]["metric"]["name"] == told["name"]["as"]


@pytest.mark.django_db
def test_the_backlog_is_asked_for_by_figures_that_the_library_tells() -> None:
    (rule,) = yaml.safe_load((HERE / "prometheus-adapter.yaml").read_text(encoding="utf-8"))["externalRules"]
    found_by = rule["seriesQuery"].partition("{")[0]
    asked = rule["metricsQuery"].replace("<<.Series>>", found_by).replace("<<.LabelMatchers>>", 'namespace="library"')
    parse(rule["seriesQuery"])
    parse(asked)
    figures = {metric.name: metric for metric in DeliveryMetrics().collect()}
    assert set(re.findall(r"library_\w+", asked)) <= figures.keys()
    assert figures[found_by].samples, "nothing waits, and it is told all the same"


def test_all_replicas_together_have_fewer_connections_than_the_demos_server_gives() -> None:
    environment = container(WEB, "demo").environment()
    threads = int(environment["WEB_THREADS"])
    kept = 1 + kept_for_desk(threads) + kept_for_looks(threads)  # a crowd's, scans', and looks'
    web = (threads + kept) * int(environment["WEB_WORKERS"])
    # Each process that works has its own and the one that it delivers with; a cluster's guard, pusher and monitor, and
    # the process that they come from, have one each.
    worker = 2 * int(environment["WORKERS"]) + 4
    replicas = {name: autoscaler("demo", name)["maxReplicas"] + 1 for name in ("web", "worker")}  # one more as it rolls
    tasks = (
        2 * len(of_kind("demo", "CronJob")) + 1 + sum(replicas.values())
    )  # and each looks first whether it may start
    postgres = pods("demo", own=False)["StatefulSet/postgres"]["spec"]["containers"][0]["args"]
    (most,) = [int(given.partition("=")[2]) for given in postgres if given.startswith("max_connections=")]
    together = replicas["web"] * web + replicas["worker"] * worker + tasks
    assert together <= most - 3  # which are a superuser's
    assert f"| {together} |" in (BASE_DIR / "docs" / "operations.md").read_text(encoding="utf-8")


def test_a_changed_setting_rolls_every_pod(tmp_path: Path) -> None:
    changed = shutil.copytree(HERE, tmp_path / "kubernetes")
    settings = changed / "base" / "settings.env"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("LENDING_LOG_LEVEL=INFO", "LENDING_LOG_LEVEL=DEBUG"), encoding="utf-8")
    assert settings.read_text(encoding="utf-8") != text
    after = {name_of(found): found for found in rendered(changed / "overlays" / "production")}
    for name in (WEB, WORKER):
        given, kept = (_configmap_of(one) for one in (after[name]["spec"]["template"], pods("production")[name]))
        assert f"ConfigMap/{given}" in after
        assert given != kept


def _configmap_of(pod: Resource) -> str:
    sources = pod["spec"]["containers"][0]["envFrom"]
    (name,) = [source["configMapRef"]["name"] for source in sources if "configMapRef" in source]
    return name


def test_the_configmap_says_how_much_lending_tells() -> None:
    program = (
        "import logging.config; from library.settings import LOGGING; logging.config.dictConfig(LOGGING);"
        " print([logging.getLogger(name).getEffectiveLevel() for name in ('lending.overload.admission', 'catalog')])"
    )
    given = container(WEB).environment(SECRET_KEY="x" * 60, DATABASE_URL="postgres://ada@127.0.0.1/town")
    assert given["LENDING_LOG_LEVEL"] == "INFO"
    told = python(program, **{**given, "LENDING_LOG_LEVEL": "DEBUG"})
    assert told.stdout.strip() == f"[{logging.DEBUG}, {logging.INFO}]", told.stderr
