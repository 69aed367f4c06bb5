"""Covers: the picture of a book's front."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.models.books import Book


class Cover(models.Model):
    """A book's cover. Its files are found by `digest`, and never change: another picture has another digest."""

    book = models.OneToOneField(Book, models.CASCADE, primary_key=True, related_name="cover", verbose_name=_("book"))
    digest = models.CharField(max_length=64, db_index=True, editable=False)
    width = models.PositiveSmallIntegerField(editable=False)
    height = models.PositiveSmallIntegerField(editable=False)
    """Of the larger picture, in pixels: a page leaves room for it before it is there."""
    added_at = models.DateTimeField(_("added at"))

    class Meta:
        verbose_name = _("cover")
        verbose_name_plural = _("covers")

    def __str__(self) -> str:
        return str(self.book_id)
