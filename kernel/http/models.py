"""What the API keeps so that a request may be sent twice and is done once."""

from django.db import models


class KeptAnswer(models.Model):
    """The answer to a POST under its `Idempotency-Key`, inserted together with its effect."""

    caller_id = models.BigIntegerField()
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    started_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["caller_id", "key"], name="one_answer_per_key"),)
        indexes = (models.Index(fields=["started_at"], name="kept_answer_age"),)

    def __str__(self) -> str:
        return self.key
