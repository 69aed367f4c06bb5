"""The page for operators names every metric."""

import re
from collections.abc import Iterator

from django.conf import settings

from tests.architecture.test_contexts import PRODUCT, sources

KINDS = r"(?:Counter|Gauge|Histogram|CounterMetricFamily|GaugeMetricFamily)"


def metrics() -> Iterator[str]:
    """Every metric that the product makes."""
    for path in sources(*PRODUCT):
        yield from re.findall(rf'\b{KINDS}\(\s*"(library_\w+)"', path.read_text(encoding="utf-8"))


def test_a_metric_is_in_the_table_of_metrics() -> None:
    page = (settings.BASE_DIR / "docs" / "operations.md").read_text(encoding="utf-8")
    table = page.partition("| metric | meaning |")[2].partition("\n\n")[0]
    named = {*metrics()}
    assert {"library_requests", "library_deliveries_waiting", "library_sweep_last_seconds"} <= named
    for name in named:
        endings = (name[place:] for place, letter in enumerate(name) if letter == "_" and place > len("library"))
        assert f"`{name}" in table or any(f"`{ending}" in table for ending in endings), name
