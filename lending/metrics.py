"""What lending counts in each process, for Prometheus."""

from prometheus_client import Counter, Gauge, Histogram

LOANS = Counter("library_loans", "Loans made")
RETURNS = Counter("library_returns", "Returns made, of one copy or more")
AT_WORK = Gauge("library_lending_at_work", "Writes at work", multiprocess_mode="livesum")
QUEUED = Gauge("library_lending_in_line", "Writes in line", multiprocess_mode="livesum")
CIRCUIT_STATE = Gauge(
    "library_lending_breaker", "Processes whose circuit breaker is so", ["state"], multiprocess_mode="livesum"
)
CIRCUIT_CHANGES = Counter("library_lending_breaker_changes", "States entered", ["state"])
FALLBACKS = Counter("library_lending_fallbacks", "Writes deferred, by cause", ["cause"])
SWEEP_SECONDS = Histogram("library_sweep_seconds", "Overdue sweeps", buckets=(0.1, 1, 10, 60, 300, 900, 3600))
