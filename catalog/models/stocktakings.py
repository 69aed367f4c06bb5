"""Stocktakings: which copies were to be on a part of the shelves, and what was read there."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models.copies import Copy
from kernel.storage.lookups import folded


class Stocktaking(models.Model):
    """One stocktaking: its scope, how far it is, and when it has ended what came of it.

    An empty part of the scope stands for everything; `expected` is counted once, when it begins.
    """

    class Status(models.TextChoices):
        GOING_ON = "going_on", _("going on")
        STOPPED = "stopped", _("stopped")
        ENDED = "ended", _("ended")

    class State(models.TextChoices):
        SHELF = "shelf", _("on the shelf, in order")
        DAMAGED = "damaged", _("damaged")
        MISSING = "missing", _("missing")
        LOST = "lost", _("lost")
        IN_REPAIR = "in_repair", _("in repair")
        HOLD_SHELF = "hold_shelf", _("on the hold shelf")

    name = models.CharField(_("name"), max_length=100)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.GOING_ON)
    shelving_marks = models.JSONField(_("shelving marks"), default=list)
    """Empty: whatever the mark; an empty mark in it: copies that have none."""
    rooms = models.JSONField(_("rooms"), default=list)
    types = models.JSONField(_("types of copies"), default=list)
    first_call_number = models.CharField(_("from call number"), max_length=100, blank=True)
    last_call_number = models.CharField(_("to call number"), max_length=100, blank=True)
    states = models.JSONField(_("states"), default=list)
    """In which states a copy of these shelves is expected to be found."""
    expected = models.PositiveIntegerField(_("copies expected"), default=0)
    met = models.PositiveIntegerField(_("expected copies scanned"), default=0)
    scanned = models.PositiveIntegerField(_("scanned"), default=0)
    missing = models.PositiveIntegerField(_("not found"), null=True)
    """How many expected copies nobody had scanned when it ended."""
    started_at = models.DateTimeField(_("started at"))
    started_by = models.BigIntegerField(_("started by"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    ended_by = models.BigIntegerField(_("ended by"), null=True)

    class Meta:
        verbose_name = _("stocktaking")
        verbose_name_plural = _("stocktakings")
        default_permissions = ("add", "change", "view")
        constraints = (
            models.CheckConstraint(
                condition=Q(status="ended", ended_at__isnull=False, missing__isnull=False)
                | ~Q(status="ended") & Q(ended_at=None, missing=None),
                name="stocktaking_ends_once",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_going_on(self) -> bool:
        """Whether copies may be scanned."""
        return self.status == self.Status.GOING_ON


WITH_RESULT = ~Q(finding="") | ~Q(misplaced="")
"""Scans that somebody may have to act on."""


class Scan(models.Model):
    """What was read at the shelf: a row for each copy, and for each number that no copy has, however often it was read.

    When a stocktaking ends, the copies that nobody read get a row too, which names nobody.
    """

    class Finding(models.TextChoices):
        NONE = "", _("as it should be")
        ON_LOAN = "on_loan", _("on loan, yet here")
        FOUND = "found", _("missing or lost, yet here")
        ELSEWHERE = "elsewhere", _("in repair or held, yet here")
        WITHDRAWN = "withdrawn", _("withdrawn, yet here")
        UNKNOWN = "unknown", _("unknown number")
        MISSING = "missing", _("not found")

    class Misplaced(models.TextChoices):
        NO = "", _("in its place")
        SHELF = "shelf", _("belongs on another shelf")
        ORDER = "order", _("out of order")

    stocktaking = models.ForeignKey(
        Stocktaking, models.PROTECT, related_name="scans", db_index=False, verbose_name=_("stocktaking")
    )
    copy = models.ForeignKey(Copy, models.CASCADE, null=True, verbose_name=_("copy"))
    """A copy is deleted only where the import that brought it is undone: it was never here then."""
    barcode = models.CharField(_("barcode"), max_length=32)
    key = models.CharField(max_length=64, blank=True)
    """The key of the scan: sent again under it, since its answer was lost, it is answered as before."""
    stretch = models.CharField(max_length=64, blank=True)
    """Whoever walks along a shelf reads it in its order: the page, or the file, that the numbers came from."""
    run = models.BigIntegerField(null=True)
    """The id of the import that brought it."""
    by = models.BigIntegerField(_("by"), null=True)
    at = models.DateTimeField(_("at"))
    is_expected = models.BooleanField(default=False)
    finding = models.CharField(_("finding"), max_length=9, choices=Finding, blank=True, default="")
    misplaced = models.CharField(_("misplaced"), max_length=5, choices=Misplaced, blank=True, default="")
    loan = models.BigIntegerField(null=True)
    """The loan that had the copy when it was read."""
    shelf_key = models.CharField(max_length=300, blank=True)
    settled_at = models.DateTimeField(_("dealt with at"), null=True)
    """When somebody dealt with the finding."""
    placed_at = models.DateTimeField(_("put in its place at"), null=True)
    settled_by = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("scan of a stocktaking")
        verbose_name_plural = _("scans of stocktakings")
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=["stocktaking", "copy"], name="one_scan_per_copy"),
            models.UniqueConstraint(
                "stocktaking", folded("barcode"), condition=Q(copy=None), name="one_scan_per_unknown"
            ),
            models.CheckConstraint(
                condition=Q(copy=None, finding="unknown") | Q(copy__isnull=False) & ~Q(finding="unknown"),
                name="unknown_has_no_copy",
            ),
        )
        indexes = (
            models.Index(fields=["stocktaking", "stretch", "id"], name="stretch_of_stocktaking"),
            models.Index(fields=["stocktaking", "id"], name="newest_of_stocktaking"),
            models.Index(fields=["stocktaking", "finding"], condition=WITH_RESULT, name="result_of_stocktaking"),
            models.Index(fields=["run"], condition=Q(run__isnull=False), name="scan_of_import"),
        )

    def __str__(self) -> str:
        return self.barcode
