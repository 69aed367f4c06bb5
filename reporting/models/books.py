"""Which books are lent how often, by month."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BookMonth(models.Model):
    """How many copies of a book were lent in a month: what the most borrowed are found in."""

    month = models.DateField(_("month"), help_text=_("Its first day."))
    book_id = models.BigIntegerField(_("book"))
    copies = models.BigIntegerField(_("copies lent"))

    class Meta:
        verbose_name = _("loans of a book in a month")
        verbose_name_plural = _("loans of books by month")
        constraints = (models.UniqueConstraint(fields=["book_id", "month"], name="a_book_once_in_a_month"),)
        indexes = (models.Index(fields=["month", "copies", "book_id"], name="most_borrowed_of_month"),)

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.book_id} {self.copies}"


class UncountedMonth(models.Model):
    """A month of which `BookMonth` does not have all loans: one that 0.3.0 has counted. It is counted whole once it is
    over."""

    month = models.DateField(_("month"), primary_key=True)

    class Meta:
        verbose_name = _("month to be counted by book")
        verbose_name_plural = _("months to be counted by book")

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
