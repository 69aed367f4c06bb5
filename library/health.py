"""Whether this process turns, and whether it can serve."""

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import Error as DatabaseFault
from django.http import HttpRequest, HttpResponse, JsonResponse
from django_q.brokers import get_broker
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from redis.exceptions import RedisError

from lending.metrics import GuardMetrics
from library.databases import all_databases
from library.eventbus.metrics import DeliveryMetrics
from library.leaving import is_leaving


def live(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers at all."""
    return JsonResponse({"status": "live"})


def ready(request: HttpRequest) -> JsonResponse:
    """200 when this process can serve: the database, all migrations and the task queue's broker are there; else 503.

    A context's own database that is away is named, and the process stays in service: the other contexts go on. One that
    was told to stop is not ready, though it still serves who comes.
    """
    if is_leaving():
        return JsonResponse({"status": "leaving"}, status=503)
    states = {alias: is_migrated(alias) for alias in all_databases()}
    databases = {alias: states[alias] is True for alias in states}
    checks = {"database": databases.pop(DEFAULT_DB_ALIAS), "broker": _broker()}
    can_serve = all(checks.values()) and False not in states.values()
    status = "ready" if can_serve and all(databases.values()) else "ready in part" if can_serve else "not ready"
    named = {f"database of {context}": there for context, there in databases.items()}
    return JsonResponse({"status": status, "checks": checks | named}, status=200 if can_serve else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """The figures that Prometheus reads."""
    registry = CollectorRegistry()
    registry.register(DeliveryMetrics())
    registry.register(GuardMetrics())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def is_migrated(alias: str) -> bool | None:
    """Whether every migration was applied; None for a database that is away."""
    try:
        executor = MigrationExecutor(connections[alias])
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseFault:
        return None


def _broker() -> bool:
    try:
        return bool(get_broker().ping())
    except (RedisError, DatabaseFault):
        return False
