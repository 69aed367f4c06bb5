"""Endpoints of webhooks, and the attempts to send to them."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kernel.eventbus.models import Event
from kernel.outgoing.failures import in_words


class Endpoint(models.Model):
    """An address that is sent the events behind `position` in the log, in the log's order, one at a time.

    A worker holds `claim` until `claimed_until` while it sends, so that no other does.
    """

    url = models.CharField(_("address"), max_length=1_000)
    names = models.JSONField(_("events"), default=list, blank=True)
    """The names of the chosen events; an empty list means all."""
    secret = models.CharField(max_length=100, editable=False)
    position = models.BigIntegerField(_("position in the log"), default=0)
    active = models.BooleanField(_("active"), default=True)
    disabled_at = models.DateTimeField(_("disabled at"), null=True)
    disabled_why = models.CharField(_("reason"), max_length=300, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    failing_since = models.DateTimeField(_("failing since"), null=True)
    next_try_at = models.DateTimeField(_("next try"), null=True)
    claim = models.UUIDField(null=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("registered by")
    )
    made_at = models.DateTimeField(_("registered at"))

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return f"{urlsplit(self.url).hostname} ({self.pk})"

    @property
    def why_disabled(self) -> str:
        """The failure after which nothing was sent any more, in words; empty where there was none."""
        return in_words(self.disabled_why)

    def secrets_at(self, now: datetime) -> list[str]:
        """The secrets that sign a message: the current one, and each that was replaced less than a day ago."""
        return [self.secret, *self.replaced_secrets.filter(until__gt=now).values_list("secret", flat=True)]


class ReplacedSecret(models.Model):
    """A secret that was replaced, and signs beside the current one until its day is over."""

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="replaced_secrets")
    secret = models.CharField(max_length=100)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.endpoint} until {self.until}"


class Attempt(models.Model):
    """One attempt to send one event to an endpoint. Rows are only ever added."""

    endpoint = models.ForeignKey(
        Endpoint, models.CASCADE, related_name="attempts", db_index=False, verbose_name=_("webhook")
    )
    event = models.ForeignKey(Event, models.PROTECT, related_name="+", verbose_name=_("event"))
    at = models.DateTimeField(_("at"))
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    duration = models.PositiveIntegerField(_("duration (ms)"))

    class Meta:
        verbose_name = _("attempt to send")
        verbose_name_plural = _("attempts to send")
        indexes = (models.Index(fields=["endpoint", "id"], name="attempts_of_webhook"),)

    def __str__(self) -> str:
        return f"{self.event} → {self.status or in_words(self.error)}"


class Resend(models.Model):
    """One event that a librarian wants to be sent to an endpoint again, before it continues in the log."""

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="resends", db_index=False)
    event = models.ForeignKey(Event, models.PROTECT, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["endpoint", "event"], name="one_resend_per_event"),)

    def __str__(self) -> str:
        return f"{self.event} → {self.endpoint}"


def due_endpoints(now: datetime) -> QuerySet[Endpoint]:
    """The endpoints that may be sent to now: active, not in a pause, and not claimed."""
    rested, free = Q(next_try_at=None) | Q(next_try_at__lte=now), Q(claim=None) | Q(claimed_until__lte=now)
    return Endpoint.objects.filter(rested, free, active=True)
