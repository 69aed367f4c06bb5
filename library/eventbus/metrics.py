"""How far the deliveries are behind, for Prometheus."""

from collections.abc import Iterator

from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from library.eventbus.models import Delivery


class DeliveryMetrics(Collector):
    """Read from the database at each scrape, so they are the same whichever process answers."""

    def collect(self) -> Iterator[Metric]:
        """Waiting and dead deliveries by handler, and the age of the oldest that waits."""
        waiting = GaugeMetricFamily("library_deliveries_waiting", "Deliveries not done yet", labels=["handler"])
        dead = GaugeMetricFamily("library_deliveries_dead", "Deliveries given up", labels=["handler"])
        lag = GaugeMetricFamily(
            "library_delivery_lag_seconds", "Age of the oldest waiting delivery", labels=["handler"]
        )
        undone = Delivery.objects.exclude(status=Delivery.Status.DONE).values("handler", "status")
        for row in undone.annotate(count=Count("id"), oldest=Min("event__occurred_at")).order_by("handler"):
            if row["status"] == Delivery.Status.DEAD:
                dead.add_metric([row["handler"]], row["count"])
            else:
                waiting.add_metric([row["handler"]], row["count"])
                lag.add_metric([row["handler"]], (timezone.now() - row["oldest"]).total_seconds())
        yield from (waiting, dead, lag)
