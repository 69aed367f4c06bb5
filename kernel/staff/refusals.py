"""A refusal becomes a message on the page, in this one place for the whole staff side."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kernel.observability.metrics import REFUSALS
from kernel.refusals import Refused


class ChangedMeanwhile(Refused):
    code = "changed_meanwhile"
    sentence = _("Somebody changed or withdrew this meanwhile; look at it again.")


@contextmanager
def refusals_shown(request: HttpRequest, about: object = "") -> Iterator[None]:
    """Turns a refusal inside into an error message; nothing was changed then."""
    try:
        yield
    except (Refused, ObjectDoesNotExist) as no:
        refusal = no if isinstance(no, Refused) else ChangedMeanwhile()
        REFUSALS.labels(refusal.code).inc()
        for reason in refusal.reasons or (refusal,):
            messages.error(request, f"{about}: {reason}" if about else str(reason))
