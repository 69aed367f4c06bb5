"""Whether this process turns, has started, and can serve."""

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from django.apps import apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import Error as DatabaseFault
from django.http import HttpRequest, HttpResponse, JsonResponse
from django_q.brokers import get_broker
from prometheus_client import CONTENT_TYPE_LATEST

from catalog.search.metrics import SearchMetrics
from kernel.eventbus.telemetry.metrics import DeliveryMetrics
from kernel.eventbus.telemetry.task_queue import QueueMetrics
from kernel.http.draining import is_draining
from kernel.observability.metrics import exposition
from kernel.storage.broker import broker_faults
from kernel.storage.databases import all_databases
from lending.overload.admission import admission
from lending.table_metrics import LendingMetrics

seen_migrated: set[str] = set()
"""The databases in which this process has found every migration; it does not look for them again."""
_has_started = False


def live(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers at all."""
    return JsonResponse({"status": "live"})


def started(request: HttpRequest) -> JsonResponse:
    """200 once this process has seen what it needs; 503 until then."""
    global _has_started
    if not _has_started:
        checks, can_serve = _look()
        if not can_serve:
            return JsonResponse({"status": "starting", "checks": checks}, status=503)
        _has_started = True
    return JsonResponse({"status": "started"})


def ready(request: HttpRequest) -> JsonResponse:
    """200 when this process can serve: the database, all migrations and the task queue's broker are there, and people
    have not been turned away for lack of room for some time; else 503.

    A context's own database that is away is named, and the process stays in service: the other contexts go on. One that
    was told to stop is not ready, though it still serves who comes.
    """
    if is_draining():
        return JsonResponse({"status": "leaving"}, status=503)
    checks, can_serve = _look()
    checks["room"] = not admission.is_shedding()
    can_serve = can_serve and checks["room"]
    status = "ready" if can_serve and all(checks.values()) else "ready in part" if can_serve else "not ready"
    return JsonResponse({"status": status, "checks": checks}, status=200 if can_serve else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """The figures that Prometheus reads."""
    read_now = (DeliveryMetrics(), LendingMetrics(), QueueMetrics(), SearchMetrics())
    return HttpResponse(exposition(settings.METRICS_FOLDER, read_now), content_type=CONTENT_TYPE_LATEST)


def is_migrated(alias: str) -> bool | None:
    """Whether every migration was applied; None for a database that is away."""
    try:
        return all_migrations() <= MigrationRecorder(connections[alias]).applied_migrations().keys()
    except DatabaseFault:
        return None


def all_migrations() -> set[tuple[str, str]]:
    """By app and name. Django's own loader imports them all: megabytes, in each web process."""
    packages = {app.label: MigrationLoader.migrations_module(app.label)[0] for app in apps.get_app_configs()}
    folders = {label: import_module(name).__path__ for label, name in packages.items() if name and find_spec(name)}
    found = ((label, module.name) for label, folder in folders.items() for module in iter_modules(folder))
    return {(label, name) for label, name in found if name[0] not in "_~"}


def _look() -> tuple[dict[str, bool], bool]:
    """What is there, by name, and whether that is enough to serve."""
    states = {alias: _stands(alias) for alias in all_databases()}
    databases = {alias: states[alias] is True for alias in states}
    checks = {"database": databases.pop(DEFAULT_DB_ALIAS), "broker": _broker()}
    can_serve = all(checks.values()) and False not in states.values()
    return checks | {f"database of {context}": there for context, there in databases.items()}, can_serve


def _stands(alias: str) -> bool | None:
    """As `is_migrated`, at the price of one small statement once all migrations were seen."""
    if alias in seen_migrated:
        try:
            return MigrationRecorder(connections[alias]).migration_qs.exists()
        except DatabaseFault:
            return None
    state = is_migrated(alias)
    if state:
        seen_migrated.add(alias)
    return state


def _broker() -> bool:
    try:
        return bool(get_broker().ping())
    except broker_faults(DatabaseFault):
        return False
