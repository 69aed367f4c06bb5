"""Whether the event log keeps no more than it should."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.core.checks import CheckMessage, Warning

from kernel.command_line import counted
from kernel.eventbus.models import Event
from kernel.eventbus.months.numbers import first_day_of, first_id_of
from kernel.eventbus.stream.closing import months_before
from kernel.storage.databases import all_databases
from library.operations.closing import first_month_to_keep


def old_months_are_closed(now: datetime) -> Iterator[CheckMessage]:
    """What is older than `KEEP_EVENTS_MONTHS` is closed within a month, unless nothing has happened since."""
    before = first_month_to_keep(now) - 1
    for alias in all_databases():
        goes_on = Event.objects.using(alias).filter(id__gte=first_id_of(before)).exists()
        if goes_on and (months := months_before(before, alias)):
            yield Warning(
                f"The log of {alias} still has {counted(len(months), 'month', 'months')} from before"
                f" KEEP_EVENTS_MONTHS={settings.KEEP_EVENTS_MONTHS}, the oldest {first_day_of(months[0]):%Y-%m}.",
                hint="Run ./manage.py close_events as the owner of the tables: it says what holds them up.",
            )
