"""Books with copies, loans, and what happened."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Book(models.Model):
    """A title."""

    title = models.CharField(max_length=1000)


class Copy(models.Model):
    """One physical thing on a shelf."""

    book = models.ForeignKey(Book, models.PROTECT)
    barcode = models.CharField(max_length=32, unique=True)
    on_loan = models.BooleanField(default=False)

    class Meta:
        indexes = (models.Index(fields=["book", "id"], condition=Q(on_loan=False), name="free_copy"),)


class Loan(models.Model):
    """One patron, one copy, one due date."""

    patron = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    copy = models.ForeignKey(Copy, models.PROTECT)
    borrowed_at = models.DateTimeField(auto_now_add=True)
    due_on = models.DateField()


class Event(models.Model):
    """What happened."""

    name = models.CharField(max_length=100)
    payload = models.JSONField()
    occurred_at = models.DateTimeField(auto_now_add=True)
