"""Whether this process turns, and whether it can serve."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import Error as DatabaseFault
from django.http import HttpRequest, HttpResponse, JsonResponse
from django_q.brokers import get_broker
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from redis.exceptions import RedisError

from lending.metrics import GuardMetrics
from library.eventbus.metrics import DeliveryMetrics


def live(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers at all."""
    return JsonResponse({"status": "live"})


def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database, its migrations and the task queue's broker are there, else 503 with what is missing."""
    checks = {"database": _database(), "broker": _broker()}
    fine = all(checks.values())
    return JsonResponse({"status": "ready" if fine else "not ready", "checks": checks}, status=200 if fine else 503)


def metrics(request: HttpRequest) -> HttpResponse:
    """The figures that Prometheus reads."""
    registry = CollectorRegistry()
    registry.register(DeliveryMetrics())
    registry.register(GuardMetrics())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _database() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseFault:
        return False


def _broker() -> bool:
    try:
        return bool(get_broker().ping())
    except (RedisError, DatabaseFault):
        return False
