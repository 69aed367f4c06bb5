"""Books: one bibliographic record each."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.rules import FIRST_YEAR, LAST_YEAR, ends_with_volume


class YearOrUnknown(models.Func):
    """A year to sort by: books without one stand before all others."""

    # The number is written out, since an index only serves an expression that is the same to the letter.
    template = "COALESCE(%(expressions)s, -32768)"
    output_field = models.IntegerField()


class Book(models.Model):
    """A title: one bibliographic record. There is at most one for an ISBN, and for a number of a source."""

    class Scheme(models.TextChoices):
        KDC = "kdc", _("Korean Decimal Classification")
        DDC = "ddc", _("Dewey Decimal Classification")

    isbn = models.CharField(_("ISBN"), max_length=13, null=True, blank=True)  # noqa: DJ001  unknown is not ""
    isbn_addon = models.CharField(_("ISBN add-on symbol"), max_length=5, blank=True)
    """부가기호: five digits, the first of them the readership (7: children)."""
    other_isbns = models.JSONField(_("other ISBNs"), default=list, blank=True)
    """ISBNs under which it is found besides: of another edition or of its set."""
    title = models.CharField(_("title"), max_length=1000)
    volume = models.CharField(_("volume"), max_length=50, blank=True)
    other_titles = models.JSONField(_("other titles"), default=list, blank=True)
    authors = models.JSONField(_("authors"), default=list, blank=True)
    publisher = models.CharField(_("publisher"), max_length=500, blank=True)
    published_year = models.SmallIntegerField(
        _("year of publication"),
        null=True,
        blank=True,
        validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)],
    )
    series = models.CharField(_("series"), max_length=500, blank=True)
    language = models.CharField(_("language"), max_length=35, blank=True)
    subjects = models.JSONField(_("subjects"), default=list, blank=True)
    class_number = models.CharField(_("class number"), max_length=50, blank=True)
    class_scheme = models.CharField(_("classification"), max_length=3, choices=Scheme, blank=True)
    call_number = models.CharField(_("call number"), max_length=100, blank=True)
    access_points = models.JSONField(_("access points"), default=list, blank=True, editable=False)
    """Further forms that its records carry, found but not shown: other scripts, responsibility, cancelled numbers."""
    description = models.TextField(_("description"), blank=True)
    loans_before = models.PositiveIntegerField(_("loans so far elsewhere"), default=0, blank=True)
    """How often it was lent before it came here, as its source says."""
    match_key = models.CharField(max_length=100, editable=False, db_index=True, default="")
    """The title as titles are compared, `catalog.rules.title_key`; kept by whoever writes the title."""
    shelf_key = models.CharField(max_length=300, editable=False, default="", db_default="")
    """What sorts books as they stand, `catalog.shelf_order.shelf_key`; kept by whoever writes the call number."""
    added_by = models.BigIntegerField(null=True, editable=False)
    """The id of the import that added it."""
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    registered_at = models.DateTimeField(_("registered at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("book")
        verbose_name_plural = _("books")
        permissions = [
            ("withdraw_book", "Can withdraw books with their copies"),
            ("import_books", "Can import books, decide doubts and undo imports"),
        ]
        constraints = (
            models.UniqueConstraint(fields=["isbn"], condition=Q(withdrawn_at=None), name="one_book_per_isbn"),
        )
        indexes = (
            models.Index(fields=["title", "id"], name="book_title"),
            models.Index(YearOrUnknown("published_year"), "id", name="book_year"),
            models.Index(fields=["registered_at", "id"], name="book_registered"),
            models.Index(fields=["language", "id"], name="book_language"),
            models.Index(fields=["shelf_key", "id"], condition=Q(withdrawn_at=None), name="book_on_shelf"),
            models.Index(fields=["added_by"], condition=Q(added_by__isnull=False), name="book_added_by"),
            models.Index(fields=["id"], condition=Q(withdrawn_at__isnull=False), name="withdrawn_books"),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def volume_beside_title(self) -> str:
        """The volume, as it is shown behind the title; nothing where the title ends with it."""
        return "" if ends_with_volume(self.title, self.volume) else self.volume
