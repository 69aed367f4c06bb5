"""How many calls wait in the task queue, for Prometheus."""

from collections.abc import Iterator

from django.db.utils import Error as DatabaseFault
from django_q.brokers import get_broker
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from redis.exceptions import RedisError


class QueueMetrics(Collector):
    """Asked of the broker at each scrape; while that is away there is no figure."""

    def collect(self) -> Iterator[Metric]:
        """The calls that no worker has taken yet. They cost delay; what is owed is told by the deliveries."""
        try:
            waiting = get_broker().queue_size()
        except (RedisError, DatabaseFault):
            return
        yield GaugeMetricFamily("library_queue_waiting", "Calls in the task queue that nobody has taken", waiting)
