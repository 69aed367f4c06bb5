"""The event log, and the deliveries of its events to handlers."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """One thing that happened. Rows are only ever added.

    It is written in the database of the context that announces it, with its deliveries. Where that is not `default`,
    a copy without deliveries is gathered there: the log in `default` is complete, and the one that others read.

    `id` orders the events of one key. `position` orders the whole log for outside readers: it is assigned when the
    log is first read, to committed rows only, so a reader never misses a transaction that committed late.

    The ids tell the month (`months/numbers.py`), which is a partition on PostgreSQL. There `uuid` and `position` are
    unique in each; that no two months share one is due to who makes them: a random number, and one reader at a time.
    """

    uuid = models.UUIDField(_("uuid"), default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100)
    key = models.CharField(_("key"), max_length=100)
    occurred_at = models.DateTimeField(_("occurred at"))
    payload = models.JSONField(_("payload"))
    correlation_id = models.UUIDField(_("correlation id"))
    causation_id = models.UUIDField(_("causation id"), null=True)
    by = models.BigIntegerField(_("done by"), null=True)
    """The id of the person who acted; null for the clock. A reaction has its cause's, as with `via` and `reason`."""
    via = models.CharField(_("done via"), max_length=20, blank=True, db_default="")
    """The door that was used, one of `kernel.observability.tracing.DOORS`."""
    reason = models.TextField(_("reason"), blank=True, db_default="")
    position = models.BigIntegerField(_("position"), null=True, unique=True, editable=False)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = (
            models.Index(fields=["key"], name="event_of_key"),
            models.Index(fields=["name"], name="event_of_name"),
            models.Index(fields=["id"], condition=Q(position=None), name="event_unnumbered"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.key}"


class Gathered(models.Model):
    """How far the log in `default` has gathered the events of another database."""

    database = models.CharField(max_length=100, primary_key=True)
    position = models.BigIntegerField(default=0)
    """The last position of that database's own log that was gathered."""

    def __str__(self) -> str:
        return f"{self.database} {self.position}"


class Receipt(models.Model):
    """An event that a handler of this database's contexts has processed, whose delivery is in another database.

    It commits together with the handler's effect, so a repeated attempt sees that the work is done.
    """

    event = models.UUIDField()
    handler = models.CharField(max_length=200)
    received_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["event", "handler"], name="one_receipt_per_event_and_handler"),)
        indexes = (models.Index(fields=["received_at"], name="receipt_age"),)

    def __str__(self) -> str:
        return f"{self.event} → {self.handler}"


class Delivery(models.Model):
    """One event to be delivered to one handler: waiting, or dead after its last attempt. A delivery that is done is
    deleted; only one whose effect is in another database is kept as done for a time."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        DEAD = "dead", _("dead")

    event = models.ForeignKey(
        Event, models.PROTECT, related_name="deliveries", db_index=False, db_constraint=False, verbose_name=_("event")
    )
    """No constraint in the database: one statement inserts both, and no month is closed that still owes a delivery."""
    handler = models.CharField(_("handler"), max_length=200)
    key = models.CharField(_("key"), max_length=100)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    not_before = models.DateTimeField(_("not before"), null=True)
    """No worker claims it before then: the end of a claim, or of the pause after a failure. At the first attempt a
    `Lease` names it instead."""
    claim = models.UUIDField(_("claim"), null=True, editable=False)
    done_at = models.DateTimeField(_("done at"), null=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = (models.UniqueConstraint(fields=["event", "handler"], name="one_delivery_per_event_and_handler"),)
        indexes = (
            models.Index(fields=["id"], condition=Q(status="waiting"), name="delivery_waiting"),
            models.Index(fields=["id"], condition=Q(status="waiting", attempts__gt=0), name="delivery_tried"),
            models.Index(fields=["handler", "key", "id"], condition=~Q(status="done"), name="delivery_pending"),
        )

    def __str__(self) -> str:
        return f"{self.event_id} → {self.handler}"


class Lease(models.Model):
    """Fresh deliveries that a worker has taken, all in one row: until it ends they are nobody else's."""

    claim = models.UUIDField(primary_key=True)
    until = models.DateTimeField()
    deliveries = models.JSONField()
    """Their ids."""

    def __str__(self) -> str:
        return f"{self.claim} {self.until}"


class ClosedMonth(models.Model):
    """A month of this database's log that is not kept any more: what came of it is in the read models' snapshots."""

    month = models.PositiveIntegerField(primary_key=True)
    """Its number, as `months/numbers.py` has it."""
    position = models.BigIntegerField()
    """The last of its events. Who has not read so far has missed some."""
    events = models.BigIntegerField()
    closed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    """When its events were gone; null while they still go."""

    def __str__(self) -> str:
        return str(self.month)


class Snapshot(models.Model):
    """A read model's own rows, kept beside the log in `default`: with the events that the log still has, they are what
    the read model is built anew from. Only one that is complete counts."""

    context = models.CharField(max_length=100)
    taken_at = models.DateTimeField()
    last_event = models.BigIntegerField()
    """The id of the newest event that its rows have surely heard of."""
    complete = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.context} {self.taken_at}"


class SnapshotPart(models.Model):
    """Some thousands of rows of one table, as compressed JSON."""

    snapshot = models.ForeignKey(Snapshot, models.CASCADE, related_name="parts", db_index=False)
    table = models.CharField(max_length=100)
    number = models.PositiveIntegerField()
    rows = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["snapshot", "table", "number"], name="one_part_of_a_snapshot"),)

    def __str__(self) -> str:
        return f"{self.snapshot_id} {self.table} {self.number}"
