"""Metrics of this machine's search index, for Prometheus."""

from collections.abc import Iterator

from django.db import Error as DatabaseFault
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from catalog.search.condition import condition


class SearchMetrics(Collector):
    """Read at each scrape from the index' folder and the event log; while the database is away only what is known."""

    def collect(self) -> Iterator[Metric]:
        """Whether there is an index that answers, how many books are in it, and how far behind the catalogue it is."""
        try:
            now = condition()
        except DatabaseFault:
            return
        yield GaugeMetricFamily("library_search_up", "Whether the search index answers on this machine", now.answers)
        yield GaugeMetricFamily("library_search_books", "Books in the search index", now.books)
        yield GaugeMetricFamily("library_search_lag_seconds", "Age of what a search does not find yet", now.lag)
