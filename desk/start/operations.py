"""The operators' page: what is behind, what is dead and what follows from that, webhooks, failed tasks."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_q.models import Failure

from catalog.search.condition import condition
from kernel.eventbus.delivery.backoff import MAX_ATTEMPTS
from kernel.eventbus.delivery.queries import pending_deliveries_by_handler
from kernel.eventbus.models import Event
from kernel.eventbus.telemetry.projection_lag import projection_lag
from kernel.staff.site import staff_page
from webhooks.queries import endpoints

LATEST = 10
MISSING: Mapping[str, str | Promise] = {
    "accounts": _("The register of patrons lacks what these events say."),
    "catalog": _("The stock that the catalogue shows lacks what these events say."),
    "lending": _("Lending lacks what these events say of books, copies, patrons or money."),
    "fines": _("Fees and balances lack what these events say."),
    "dashboard": _("Patrons' pages lack what these events say."),
    "notices": _("Notices about these events are not written."),
    "reporting": _("The statistics lack what these events say."),
}
"""What follows for the library while events don't reach a context."""


class Behind(NamedTuple):
    """A handler that events wait for, or do not reach: `missing` is what follows from that, `error` what it said."""

    handler: str
    waiting: int
    dead: int
    seconds: int
    error: str
    missing: str | Promise


@staff_page("eventbus.view_delivery")
def operations(request: HttpRequest) -> HttpResponse:
    """How the bus and what listens to it stand, with the way to each list."""
    context = {
        "title": _("Operations"),
        "lag": projection_lag(),
        "last_event": Event.objects.order_by("-pk").first(),
        "behind": list(_behind()),
        "attempts": MAX_ATTEMPTS,
        "webhooks": endpoints(),
        "failures": Failure.objects.order_by("-started")[:LATEST],
        "index": condition(),
    }
    return TemplateResponse(request, "desk/operations.html", {**admin.site.each_context(request), **context})


def _age(oldest: datetime | None) -> int:
    return max(int((timezone.now() - oldest).total_seconds()), 0) if oldest else 0


def _behind() -> Iterator[Behind]:
    for pending in pending_deliveries_by_handler():
        if pending.waiting or pending.dead:
            last_line = pending.last_error.strip().rpartition("\n")[2]
            context = pending.handler.partition(".")[0]
            yield Behind(
                pending.handler,
                pending.waiting,
                pending.dead,
                _age(pending.oldest),
                last_line,
                MISSING.get(context, ""),
            )
