"""What lending's tables tell Prometheus."""

from collections.abc import Iterator

from django.db import Error as DatabaseFault
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from lending.queries import counts_of_deferred, last_sweep


class LendingMetrics(Collector):
    """Read from the database at each scrape, so they are the same whichever process answers. None while it is away."""

    def collect(self) -> Iterator[Metric]:
        """What was accepted and waits, and how the last overdue sweep went, wherever it ran."""
        try:
            figures, sweep = counts_of_deferred(), last_sweep()
        except DatabaseFault:
            return
        waiting = GaugeMetricFamily("library_lending_waiting", "Accepted and not done yet", labels=["what"])
        for what, count in figures.items():
            waiting.add_metric([what], count)
        yield waiting
        if sweep:
            began = sweep.started_at.timestamp()
            yield GaugeMetricFamily("library_sweep_last_timestamp_seconds", "When the last sweep began", began)
            yield GaugeMetricFamily("library_sweep_last_seconds", "How long the last sweep took", sweep.took or 0)
            yield GaugeMetricFamily("library_sweep_last_announced", "Loans it announced", sweep.announced)
