"""What was taken in: each import is a row, with what became of its records and what is in doubt.

The tables are in every context's database, so that a batch of records and the import's position commit together.
"""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Import(models.Model):
    """A file on its way in, or taken in. `position` counts the records that are done with."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        RUNNING = "running", _("running")
        STOPPED = "stopped", _("stopped")
        DONE = "done", _("done")
        FAILED = "failed", _("broken off")
        REVERTING = "reverting", _("being undone")
        REVERTED = "reverted", _("undone")

    kind = models.CharField(_("kind"), max_length=32)
    """The kind of records, such as `books`: a key of the project's `IMPORTS`."""
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.UPLOADED)
    file_name = models.CharField(_("file"), max_length=255)
    digest = models.CharField(_("digest of the file (SHA-256)"), max_length=64, db_index=True)
    stored_as = models.CharField(max_length=255, blank=True, editable=False)
    """Where the default storage has an uploaded file; empty for a file that a command reads in place."""
    options = models.JSONField(_("options"), default=dict, blank=True)
    by = models.BigIntegerField(_("by"), null=True)
    """The id of the person who started it; null for one without an account."""
    via = models.CharField(max_length=10, blank=True, editable=False)
    """The door through which it was started, or undone, as events have it: `admin` or `command`."""
    correlation_id = models.UUIDField(default=uuid.uuid4, editable=False)
    """What all its events carry."""
    language = models.CharField(max_length=10, blank=True, editable=False)
    """The language of whoever started it, in which `error` is written."""
    expected = models.PositiveIntegerField(_("records expected"), default=0)
    position = models.PositiveIntegerField(_("records read"), default=0)
    added = models.PositiveIntegerField(_("added"), default=0)
    updated = models.PositiveIntegerField(_("updated"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    skipped = models.PositiveIntegerField(_("skipped"), default=0)
    doubts = models.PositiveIntegerField(_("doubts"), default=0)
    reverted = models.PositiveIntegerField(_("looked at to undo it"), default=0)
    reverted_by = models.BigIntegerField(_("undone by"), null=True)
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("created at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    lease_until = models.DateTimeField(null=True, editable=False)
    """While a worker has it, no other takes it up."""
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    """How often it was taken up since its last batch: more often than once means that a worker died with it."""

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = (
            models.Index(
                fields=["status"], condition=models.Q(status__in=["running", "reverting"]), name="import_going_on"
            ),
        )

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_rehearsal(self) -> bool:
        """Whether it was tried only (`kernel.storage.rehearsing`)."""
        return bool(self.options.get("dry_run"))


class Entry(models.Model):
    """One thing to tell of one record of an import. What was added without a word has no entry."""

    class Outcome(models.TextChoices):
        NOTED = "noted", _("noted")
        UPDATED = "updated", _("updated")
        SKIPPED = "skipped", _("skipped")
        DOUBT = "doubt", _("in doubt")
        KEPT = "kept", _("kept when undone")

    run = models.ForeignKey(Import, models.CASCADE, related_name="entries", db_index=False, verbose_name=_("import"))
    number = models.PositiveIntegerField(_("record"))
    row = models.PositiveIntegerField(_("row of the file"), null=True)
    """Of a table, as a spreadsheet counts them; null where that is not known."""
    label = models.CharField(_("name"), max_length=300)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    reason = models.CharField(_("reason"), max_length=32, blank=True)
    """A code that the import's kind has a sentence for."""
    detail = models.TextField(_("detail"), blank=True)
    before = models.JSONField(null=True, editable=False)
    """Of an update: what it changed, as it was before, so that it can be undone."""

    class Meta:
        verbose_name = _("entry of an import")
        verbose_name_plural = _("entries of imports")
        indexes = (models.Index(fields=["run", "number"], name="entry_of_import"),)

    def __str__(self) -> str:
        return f"{self.number}: {self.label}"


class Doubt(models.Model):
    """A record that may be about a thing that is here already, and disagrees with it: somebody has to decide."""

    class Decision(models.TextChoices):
        OPEN = "", _("open")
        SAME = "same", _("the same")
        OTHER = "other", _("another")
        ASIDE = "aside", _("set aside")

    run = models.ForeignKey(Import, models.CASCADE, related_name="open_questions", verbose_name=_("import"))
    number = models.PositiveIntegerField(_("record"))
    row = models.PositiveIntegerField(_("row of the file"), null=True)
    label = models.CharField(_("name"), max_length=300)
    reason = models.CharField(_("reason"), max_length=32)
    key = models.CharField(max_length=200, db_index=True, editable=False)
    """What the record is known by, so that the same record is in doubt once."""
    record = models.JSONField(_("what the file says"))
    subject = models.BigIntegerField(_("what is here"))
    """The id of the thing that the record may be about."""
    decision = models.CharField(_("decision"), max_length=8, choices=Decision, blank=True, default=Decision.OPEN)
    decided_by = models.BigIntegerField(_("decided by"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        verbose_name = _("doubt")
        verbose_name_plural = _("doubts")
        indexes = (models.Index(fields=["id"], condition=models.Q(decision=""), name="doubt_open"),)

    def __str__(self) -> str:
        return self.label
