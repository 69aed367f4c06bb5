"""A refusal becomes a message on the page, in this one place for the whole staff side."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
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
            messages.error(request, _in_words(reason, about, request.user))


def _in_words(refusal: Refused, about: object, user: Any) -> str:
    """The sentence, with a link to what is behind it for who may see that."""
    sentence, behind = f"{about}: {refusal}" if about else str(refusal), refusal.behind
    if behind is None or not refusal.facts.get(behind.fact) or not user.has_perm(behind.permission):
        return sentence
    address = reverse(behind.page, args=[refusal.facts[behind.fact]])
    return format_html('{} <a href="{}">{}</a>', sentence, address, behind.words)
