"""What the project itself keeps: no more than when it was last at work."""

from django.db import models


class WorkerSign(models.Model):
    """One row: when a worker last showed that it runs, and by its own clock. Each shows it every few seconds."""

    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"a worker at {self.at}"
