"""A metric of the task queue, for Prometheus."""

from collections.abc import Iterator

from django.db.utils import Error as DatabaseFault
from django_q.brokers import get_broker
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kernel.storage.broker import broker_faults


class QueueMetrics(Collector):
    """Read from the broker at each scrape; while that is away there is no value."""

    def collect(self) -> Iterator[Metric]:
        """The tasks that no worker has taken yet. They cost delay; pending work is counted by the deliveries."""
        try:
            waiting = get_broker().queue_size()
        except broker_faults(DatabaseFault):
            return
        yield GaugeMetricFamily("library_queue_waiting", "Tasks in the queue that no worker has taken", waiting)
