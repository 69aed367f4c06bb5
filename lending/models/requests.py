"""Requests that may be carried out later, with who made them."""

from typing import Any

from django.db import models

from kernel.observability.tracing import Trace, current_trace


def trace_fields(trace: Trace) -> dict[str, Any]:
    """The fields of a `TracedRequest` that keep this trace."""
    return {
        "request_id": trace.correlation_id,
        "requested_by": trace.by,
        "requested_via": trace.via,
        "requested_because": trace.reason,
    }


class TracedRequest(models.Model):
    """A request that may be carried out later: which one it was, and who made it through which door, and why.

    Which one it was is gone once a loan was brought back, and never kept of a return: their events have it."""

    request_id = models.UUIDField(null=True, editable=False)
    requested_by = models.BigIntegerField(null=True, editable=False)
    requested_via = models.CharField(max_length=10, blank=True, default="", db_default="", editable=False)
    requested_because = models.TextField(blank=True, default="", db_default="", editable=False)

    class Meta:
        abstract = True

    @property
    def trace(self) -> Trace:
        """What events carry that follow from the request."""
        if self.request_id is None:
            return current_trace()
        return Trace(self.request_id, by=self.requested_by, via=self.requested_via, reason=self.requested_because)
