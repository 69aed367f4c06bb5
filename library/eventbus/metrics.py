"""How far the deliveries are behind, for Prometheus."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from library.databases import all_databases, in_each_database, is_away
from library.eventbus.models import Delivery


class DeliveryMetrics(Collector):
    """Read from the databases at each scrape, so they are the same whichever process answers."""

    def collect(self) -> Iterator[Metric]:
        """Waiting and dead deliveries by handler, the age of the oldest that waits, and which databases are there."""
        waiting = GaugeMetricFamily("library_deliveries_waiting", "Deliveries not done yet", labels=["handler"])
        dead = GaugeMetricFamily("library_deliveries_dead", "Deliveries given up", labels=["handler"])
        lag = GaugeMetricFamily(
            "library_delivery_lag_seconds", "Age of the oldest waiting delivery", labels=["handler"]
        )
        up = GaugeMetricFamily("library_database_up", "Whether the database can be reached", labels=["database"])
        undone = sorted((row for rows in in_each_database(_undone_in) for row in rows), key=_line)
        for (handler, status), rows in groupby(undone, key=_line):
            found = list(rows)
            (dead if status == Delivery.Status.DEAD else waiting).add_metric(
                [handler], sum(row["count"] for row in found)
            )
            if status == Delivery.Status.WAITING:
                oldest = min(row["oldest"] for row in found)
                lag.add_metric([handler], (timezone.now() - oldest).total_seconds())
        for alias in all_databases():
            up.add_metric([alias], not is_away(alias))
        yield from (waiting, dead, lag, up)


def _undone_in(alias: str) -> list[dict[str, Any]]:
    undone = Delivery.objects.using(alias).exclude(status=Delivery.Status.DONE).values("handler", "status")
    counted = undone.annotate(count=Count("id"), oldest=Min("event__occurred_at")).order_by()
    return [dict(row) for row in counted]


def _line(row: dict[str, Any]) -> tuple[str, str]:
    return row["handler"], row["status"]
