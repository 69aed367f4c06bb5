"""The mails that are sent to people."""

from django.db import models
from django.db.models import Q


class OutgoingMail(models.Model):
    """A mail that a worker sends to the holder of a card. `card_number` is as it was typed, and may be nobody's.

    What is in the mail is composed as it is sent, so that no link is ever stored. `sent_to` is an address that the
    holder had before; where it is empty the mail goes to the one he has now.
    """

    class Kind(models.TextChoices):
        LINK = "link"
        PASSWORD_CHANGED = "password_changed"  # noqa: S105  (no password)
        EMAIL_CHANGED = "email_changed"

    kind = models.CharField(max_length=20, choices=Kind)
    card_number = models.CharField(max_length=32)
    sent_to = models.EmailField(blank=True)
    address = models.CharField(max_length=45, blank=True)
    asked_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    failed = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "card_number", "sent_to", "address"),
                condition=Q(done_at=None),
                name="one_pending_mail_of_a_kind",
            ),
        )
        indexes = (
            models.Index("retry_at", name="pending_mails", condition=Q(done_at=None)),
            models.Index("card_number", "asked_at", name="mails_of_a_card"),
            models.Index("address", "asked_at", name="mails_of_an_address"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
