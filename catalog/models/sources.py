"""What other systems say of a book: the last word of each, so that a repeated word is known as one."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.books import Book


class SourceRecord(models.Model):
    """A record of another system, known by that system's name and its number there, and the book it is about.

    `said` holds what it said last, field by field, as the book's columns would have it. Without a book it is a record
    that somebody set aside.
    """

    key = models.CharField(_("source and number"), max_length=200, unique=True)
    book = models.ForeignKey(Book, models.CASCADE, null=True, related_name="source_records", verbose_name=_("book"))
    said = models.JSONField(_("what it said"))
    said_in = models.BigIntegerField(null=True, editable=False)
    """The id of the import in which it said so."""
    twins = models.JSONField(default=list, editable=False)
    """Digests of what else a file said under this number, where it has two records of one number."""
    first_import = models.BigIntegerField(null=True, editable=False, db_index=True)
    """The id of the import that brought it first."""

    class Meta:
        verbose_name = _("record of a source")
        verbose_name_plural = _("records of sources")

    def __str__(self) -> str:
        return self.key
