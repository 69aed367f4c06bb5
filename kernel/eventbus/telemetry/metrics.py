"""How far the deliveries are behind, for Prometheus."""

from collections.abc import Iterator

from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kernel.eventbus.delivery.queries import undone_deliveries_by_handler
from kernel.eventbus.registry import handler_names
from kernel.storage.databases import all_databases, is_away


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
        owed = undone_deliveries_by_handler()
        known = {*handler_names()} if not any(map(is_away, all_databases())) else set()
        for handler in sorted(known | {one.handler for one in owed}):
            own = [one for one in owed if one.handler == handler]
            waiting.add_metric([handler], sum(one.waiting for one in own))
            dead.add_metric([handler], sum(one.dead for one in own))
            oldest = min((one.oldest for one in own if one.oldest), default=now)
            lag.add_metric([handler], max((now - oldest).total_seconds(), 0))
        for alias in all_databases():
            up.add_metric([alias], not is_away(alias))
        yield from (waiting, dead, lag, up)
