"""What was done with a webhook on the staff side, and by whom: forms that were saved, and actions."""

from collections.abc import Mapping

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.staff.history import MOST, Happened, history_page
from webhooks.models import Endpoint

ACTS: Mapping[str, str | Promise] = {
    "pause": _("paused"),
    "resume": _("resumed"),
    "rotate_secret": _("given a new secret"),
    "resend_since": _("all since %(what)s sent again"),
    "resend": _("%(what)s sent again"),
}
"""Actions, by the name that is kept of them; behind it stands what was sent again."""


def history_of(model_admin: admin.ModelAdmin, request: HttpRequest, endpoint: Endpoint) -> TemplateResponse:
    """The page that tells it, the newest first."""
    kind = ContentType.objects.get_for_model(Endpoint)
    entries = LogEntry.objects.filter(content_type=kind, object_id=endpoint.pk).order_by("-pk")[:MOST]
    happened = [Happened(entry.action_time, _in_words(entry), entry.user_id, "admin", "") for entry in entries]
    address = reverse("admin:webhooks_endpoint_change", args=[endpoint.pk])
    return history_page(model_admin, request, endpoint, happened, {}, address)


def _in_words(entry: LogEntry) -> str:
    act, _space, what = entry.change_message.partition(" ")
    return str(ACTS[act]) % {"what": what} if act in ACTS else entry.get_change_message()
