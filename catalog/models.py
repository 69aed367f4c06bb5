"""Books and copies as the library owns them."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.rules import FIRST_YEAR, LAST_YEAR
from kernel.storage.lookups import folded


class YearOrUnknown(models.Func):
    """A year to sort by: books without one stand before all others."""

    # The number is written out, since an index only serves an expression that is the same to the letter.
    template = "COALESCE(%(expressions)s, -32768)"
    output_field = models.IntegerField()


class Book(models.Model):
    """A title: one bibliographic record. There is at most one for an ISBN."""

    isbn = models.CharField(_("ISBN"), max_length=13, null=True, blank=True)  # noqa: DJ001  unknown is not ""
    title = models.CharField(_("title"), max_length=1000)
    authors = models.JSONField(_("authors"), default=list, blank=True)
    publisher = models.CharField(_("publisher"), max_length=500, blank=True)
    published_year = models.SmallIntegerField(
        _("year of publication"),
        null=True,
        blank=True,
        validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)],
    )
    language = models.CharField(_("language"), max_length=35, blank=True)
    subjects = models.JSONField(_("subjects"), default=list, blank=True)
    call_number = models.CharField(_("call number"), max_length=100, blank=True)
    description = models.TextField(_("description"), blank=True)
    source = models.CharField(_("source"), max_length=200, null=True, editable=False)  # noqa: DJ001  unknown is not ""
    """Where an imported record came from and its number there, such as `NLK:KMO202412345`."""
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    registered_at = models.DateTimeField(_("registered at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("book")
        verbose_name_plural = _("books")
        permissions = [("withdraw_book", "Can withdraw books with their copies")]
        constraints = (
            models.UniqueConstraint(fields=["isbn"], condition=Q(withdrawn_at=None), name="one_book_per_isbn"),
            models.UniqueConstraint(fields=["source"], condition=Q(withdrawn_at=None), name="one_book_per_source"),
        )
        indexes = (
            models.Index(fields=["title", "id"], name="book_title"),
            models.Index(YearOrUnknown("published_year"), "id", name="book_year"),
            models.Index(fields=["registered_at", "id"], name="book_registered"),
            models.Index(fields=["language", "id"], name="book_language"),
        )

    def __str__(self) -> str:
        return self.title


class Copy(models.Model):
    """One physical thing on a shelf, with a barcode.

    `on_loan` follows lending's events; `moves` is the number of the last move they told, so that a late
    event never undoes a newer one.
    """

    book = models.ForeignKey(Book, models.PROTECT, related_name="copies", verbose_name=_("book"))
    barcode = models.CharField(_("barcode"), max_length=32, unique=True)
    added_at = models.DateTimeField(_("added at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    on_loan = models.BooleanField(_("on loan"), default=False)
    moves = models.PositiveIntegerField(_("moves"), default=0, editable=False)

    class Meta:
        verbose_name = _("copy")
        verbose_name_plural = _("copies")
        permissions = [("withdraw_copy", "Can withdraw copies")]
        constraints = (models.UniqueConstraint(folded("barcode"), name="one_copy_per_barcode"),)
        indexes = (models.Index(fields=["book"], condition=Q(withdrawn_at=None), name="copy_on_shelf"),)

    def __str__(self) -> str:
        return self.barcode
