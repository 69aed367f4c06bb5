"""How lending's guard stands, for Prometheus."""

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from lending.breaker import State
from lending.guard import guard
from lending.queries import figures_of_waiting


class GuardMetrics(Collector):
    """The guard of the process that answers; what waits is read from the database and the same everywhere."""

    def collect(self) -> Iterator[Metric]:
        """At work, in line, the breaker's state and changes, what was put off and why, and what still waits."""
        yield GaugeMetricFamily("library_lending_at_work", "Writes at work in this process", guard.places.at_work)
        yield GaugeMetricFamily("library_lending_in_line", "Writes in line in this process", guard.places.in_line)
        state = GaugeMetricFamily("library_lending_breaker", "1 for the state the breaker is in", labels=["state"])
        changes = CounterMetricFamily("library_lending_breaker_changes", "States entered", labels=["state"])
        for one in State:
            state.add_metric([one.value], guard.breaker.state == one)
            changes.add_metric([one.value], guard.breaker.changes[one])
        put_off = CounterMetricFamily("library_lending_fallbacks", "Writes put off, by cause", labels=["cause"])
        for cause, count in list(guard.fallbacks.items()):
            put_off.add_metric([cause], count)
        waiting = GaugeMetricFamily("library_lending_waiting", "Accepted and not done yet", labels=["what"])
        for what, count in figures_of_waiting().items():
            waiting.add_metric([what], count)
        yield from (state, changes, put_off, waiting)
