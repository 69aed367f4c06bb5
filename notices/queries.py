"""What is known of notices."""

from datetime import date, datetime, time

from django.db.models import Count, QuerySet
from django.utils import timezone

from notices.models import Notice, Timing

WAITING = {"notices_failed": Notice.Status.FAILED, "letters_to_print": Notice.Status.TO_PRINT}


def timing_on(day: date) -> Timing:
    """The timing in force on a day; the usual one where none was adopted."""
    return Timing.objects.filter(valid_from__lte=day).order_by("-valid_from").first() or Timing(valid_from=day)


def notices_waiting(since: date) -> dict[str, int]:
    """How many notices wait for somebody: letters to print, and what was made on that day or later, could not be sent
    and is not tried any more. One statement, which finds each by an index of its own."""
    made = timezone.make_aware(datetime.combine(since, time()))
    failed = Notice.objects.filter(status=Notice.Status.FAILED, made_at__gte=made)
    to_print = Notice.objects.filter(status=Notice.Status.TO_PRINT)
    counted = [one.order_by().values_list("status").annotate(Count("pk")) for one in (failed, to_print)]
    found = dict(counted[0].union(counted[1], all=True))
    return {name: found.get(status, 0) for name, status in WAITING.items()}


def notices_of(patron_id: int) -> QuerySet[Notice]:
    """What a patron was sent; also what is tried again."""
    return Notice.objects.filter(patron_id=patron_id).exclude(title="")
