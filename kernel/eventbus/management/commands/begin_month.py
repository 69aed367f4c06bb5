"""`manage.py begin_month`: gives the event log the part of a month that has begun."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from kernel.command_line import counted
from kernel.eventbus.months.turning import begin_month


class Command(BaseCommand):
    """The month's turn by hand, or for a program that runs it in the worker's place."""

    help = (
        "Begins this month of the event log, and on PostgreSQL makes its partition and that of the next one. A worker "
        "does so each hour; again it changes nothing, and without it events go on into the month before."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Begins it everywhere."""
        begun = begin_month(timezone.localdate())
        self.stdout.write(f"This month of the log has begun in {counted(begun, 'database', 'databases')}.")
