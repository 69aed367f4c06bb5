"""Metrics of pending deliveries, for Prometheus."""

from collections.abc import Iterator

from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kernel.eventbus.delivery.queries import pending_deliveries_by_handler
from kernel.eventbus.registry import handler_names
from kernel.storage.databases import all_databases, is_away


class DeliveryMetrics(Collector):
    """Read from the databases at each scrape, so they are the same whichever process answers."""

    def collect(self) -> Iterator[Metric]:
        """Waiting and dead deliveries by handler, the age of the oldest waiting one, and which databases are there.

        A handler without pending deliveries has the value 0, so that no series goes missing. While a database is away
        its deliveries are unknown: then only handlers with known pending deliveries are exposed.
        """
        waiting = GaugeMetricFamily("library_deliveries_waiting", "Deliveries not done yet", labels=["handler"])
        dead = GaugeMetricFamily("library_deliveries_dead", "Dead deliveries: every attempt failed", labels=["handler"])
        lag = GaugeMetricFamily(
            "library_delivery_lag_seconds", "Age of the oldest waiting delivery", labels=["handler"]
        )
        up = GaugeMetricFamily("library_database_up", "Whether the database can be reached", labels=["database"])
        now = timezone.now()
        pending = pending_deliveries_by_handler()
        known = {*handler_names()} if not any(map(is_away, all_databases())) else set()
        for handler in sorted(known | {each.handler for each in pending}):
            own = [each for each in pending if each.handler == handler]
            waiting.add_metric([handler], sum(each.waiting for each in own))
            dead.add_metric([handler], sum(each.dead for each in own))
            oldest = min((each.oldest for each in own if each.oldest), default=now)
            lag.add_metric([handler], max((now - oldest).total_seconds(), 0))
        for alias in all_databases():
            up.add_metric([alias], not is_away(alias))
        yield from (waiting, dead, lag, up)
