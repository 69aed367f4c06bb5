"""Holds: who waits for a book, in which order, and which copy stands on the hold shelf for whom."""

from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lending.in_force import OPEN, hold_status_on
from lending.models.calendar import Closure
from lending.models.loans import Loan
from lending.models.patrons import PEOPLE
from lending.models.stock import Book, Copy

# A condition without a value: SQLite takes no partial index for a list of values that it is given apart.
IN_QUEUE = Q(status__in=["waiting", "suspended"]) & OPEN


class Queue(models.Model):
    """A book's row that is locked, behind patrons and before copies, by whatever changes its holds or brings a copy
    that one of them could take."""

    book = models.OneToOneField(Book, models.PROTECT, primary_key=True, related_name="+", verbose_name=_("book"))

    class Meta:
        verbose_name = verbose_name_plural = "queues"

    def __str__(self) -> str:
        return str(self.pk)


class Hold(models.Model):
    """A patron's place in the queue for a book, or for a volume of it, and what became of it.

    `place` orders a queue: the position of a hold is counted from it, so that nobody's row changes when somebody else
    comes or goes. A hold that is ready keeps the place that it had. `pickup_by` is the last day on which a ready hold
    is kept; it stays, as the copy and `ready_since` do, when the hold has ended.
    """

    position: int | None = None  # where it was counted

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SUSPENDED = "suspended", _("suspended")
        READY = "ready", _("ready to be collected")
        COLLECTED = "collected", _("collected")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("not collected in time")

    class CancelReason(models.TextChoices):
        NONE = "", _("not cancelled")
        BY_PATRON = "by_patron", _("by the patron")
        BY_LIBRARY = "by_library", _("by a librarian")
        NO_COPY_LEFT = "no_copy_left", _("there is no copy left that may be lent")

    patron = models.ForeignKey(
        PEOPLE,
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("patron"),
    )
    book = models.ForeignKey(Book, models.PROTECT, related_name="holds", db_index=False, verbose_name=_("book"))
    volume = models.CharField(_("volume"), max_length=50, blank=True, default="")
    title = models.CharField(_("title"), max_length=1000, help_text=_("As it was when the hold was placed."))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    place = models.BigIntegerField(editable=False)
    placed_at = models.DateTimeField(_("placed at"))
    suspended_until = models.DateField(_("hold suspended until"), null=True)
    ready_since = models.DateTimeField(_("ready since"), null=True)
    pickup_by = models.DateField(_("to be collected by"), null=True)
    copy = models.ForeignKey(
        Copy, models.PROTECT, null=True, related_name="holds", db_index=False, verbose_name=_("copy")
    )
    brought_back = models.BigIntegerField(null=True, editable=False)
    """The id of the return that made it ready, which may be undone."""
    loan = models.ForeignKey(
        Loan, models.PROTECT, null=True, related_name="holds", db_index=False, verbose_name=_("loan")
    )
    """The loan by which it was collected."""
    ended_at = models.DateTimeField(_("ended at"), null=True)
    cancel_reason = models.CharField(
        _("reason of cancelling"), max_length=12, choices=CancelReason, blank=True, default=CancelReason.NONE
    )
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        permissions = [("move_hold", "Can give holds another place in the queue, or another day of collecting")]
        constraints = (
            models.UniqueConstraint(
                fields=["patron", "book", "volume"], condition=OPEN, name="one_hold_of_patron_and_book"
            ),
            models.UniqueConstraint(fields=["copy"], condition=Q(status="ready"), name="one_ready_hold_per_copy"),
            models.CheckConstraint(
                condition=~Q(status="ready")
                | Q(copy__isnull=False, ready_since__isnull=False, pickup_by__isnull=False),
                name="a_ready_hold_has_a_copy",
            ),
            models.CheckConstraint(
                condition=Q(OPEN, status__in=["waiting", "suspended", "ready"])
                | ~Q(OPEN) & Q(status__in=["collected", "cancelled", "expired"]),
                name="a_hold_that_is_over_ended_once",
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | ~Q(cancel_reason=""), name="a_cancelled_hold_has_a_reason"
            ),
        )
        indexes = (
            models.Index(fields=["book", "place"], condition=OPEN, name="hold_in_queue"),
            models.Index(fields=["book"], condition=Q(status="ready"), name="hold_ready"),
            models.Index(fields=["pickup_by", "id"], condition=Q(status="ready"), name="hold_to_expire"),
            models.Index(
                fields=["suspended_until"],
                condition=Q(status="suspended", suspended_until__isnull=False),
                name="hold_to_resume",
            ),
            models.Index(fields=["patron", "id"], name="hold_of_patron"),
            models.Index(fields=["book", "id"], name="hold_of_book"),
            models.Index(fields=["ended_at"], condition=Q(ended_at__isnull=False), name="hold_ended"),
            models.Index(fields=["copy"], condition=Q(copy__isnull=False), name="hold_of_copy"),
            models.Index(fields=["patron", "pickup_by"], condition=Q(status="expired"), name="hold_not_collected"),
            models.Index(fields=["loan"], condition=Q(status="collected"), name="hold_collected"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def holder(self) -> int:
        """The patron's id. None but ended holds are nobody's."""
        assert self.patron_id is not None, "a hold that is open is somebody's"
        return self.patron_id

    def status_on(self, day: date) -> str:
        """Its status on a day: a suspended one waits behind its last day, whenever the sweep comes."""
        return hold_status_on(self.status, self.suspended_until, day)

    def facts(self, now: datetime) -> dict[str, Any]:
        """What every event about the hold tells of it."""
        return {
            "occurred_at": now,
            "hold": self.pk,
            "version": self.version,
            "patron": self.patron_id,
            "book": self.book_id,
            "volume": self.volume,
            "title": self.title,
            "status": str(self.status),
            "place": self.place,
            "position": self.position,
            "placed_at": self.placed_at,
            "suspended_until": self.suspended_until,
            "ready_since": self.ready_since,
            "pickup_by": self.pickup_by,
            "copy": self.copy_id,
            "barcode": self.copy.barcode if self.copy else None,
        }


class PickupMove(models.Model):
    """A ready hold's last day that a closure moved, so that it can be moved back."""

    closure = models.ForeignKey(Closure, models.CASCADE, related_name="pickup_moves", db_index=False)
    hold = models.ForeignKey(Hold, models.PROTECT, related_name="+")
    pickup_before = models.DateField()
    pickup_after = models.DateField()

    class Meta:
        verbose_name = verbose_name_plural = "moved days of collecting"
        constraints = (models.UniqueConstraint(fields=["closure", "hold"], name="one_move_of_a_hold_by_a_closure"),)

    def __str__(self) -> str:
        return f"{self.hold_id}: {self.pickup_before} – {self.pickup_after}"
