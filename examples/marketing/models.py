"""Who borrowed what, ever: all that the recommendation needs."""

from django.db import models


class Borrowed(models.Model):
    """A patron borrowed a book at least once."""

    patron_id = models.BigIntegerField()
    book_id = models.BigIntegerField()
    title = models.CharField(max_length=1000)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["book_id", "patron_id"], name="borrowed_once_is_enough"),)
        indexes = (models.Index(fields=["patron_id", "book_id"], name="borrowed_by_patron"),)

    def __str__(self) -> str:
        return f"{self.patron_id}: {self.title}"
