"""How far the deliveries are behind, for Prometheus."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from library.databases import all_databases, in_each_database, is_away
from library.eventbus.models import Delivery
from library.eventbus.wiring import handler_names


class DeliveryMetrics(Collector):
    """Read from the databases at each scrape, so they are the same whichever process answers."""

    def collect(self) -> Iterator[Metric]:
        """Waiting and dead deliveries by handler, the age of the oldest that waits, and which databases are there.

        A handler that is owed nothing is told with 0, so that a figure never goes missing; but while a database is away
        nobody knows what is owed, and only what the others tell is told.
        """
        waiting = GaugeMetricFamily("library_deliveries_waiting", "Deliveries not done yet", labels=["handler"])
        dead = GaugeMetricFamily("library_deliveries_dead", "Deliveries given up", labels=["handler"])
        lag = GaugeMetricFamily(
            "library_delivery_lag_seconds", "Age of the oldest waiting delivery", labels=["handler"]
        )
        up = GaugeMetricFamily("library_database_up", "Whether the database can be reached", labels=["database"])
        now = timezone.now()
        undone = [row for rows in in_each_database(_undone_in) for row in rows]
        known = {*handler_names()} if not any(map(is_away, all_databases())) else set()
        for handler in sorted(known | {row["handler"] for row in undone}):
            own = [row for row in undone if row["handler"] == handler]
            due = [row for row in own if row["status"] == Delivery.Status.WAITING]
            waiting.add_metric([handler], sum(row["count"] for row in due))
            dead.add_metric([handler], sum(row["count"] for row in own if row not in due))
            oldest = min((row["oldest"] for row in due), default=now)
            lag.add_metric([handler], max((now - oldest).total_seconds(), 0))
        for alias in all_databases():
            up.add_metric([alias], not is_away(alias))
        yield from (waiting, dead, lag, up)


def _undone_in(alias: str) -> list[dict[str, Any]]:
    undone = Delivery.objects.using(alias).exclude(status=Delivery.Status.DONE).values("handler", "status")
    counted = undone.annotate(count=Count("id"), oldest=Min("event__occurred_at")).order_by()
    return [dict(row) for row in counted]
