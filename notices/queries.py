"""What is known of notices."""

from datetime import date, datetime, time

from django.db.models import QuerySet
from django.utils import timezone

from notices.models import Notice, Timing


def timing_on(day: date) -> Timing:
    """The timing in force on a day; the usual one where none was adopted."""
    return Timing.objects.filter(valid_from__lte=day).order_by("-valid_from").first() or Timing(valid_from=day)


def notices_failed(since: date) -> int:
    """How many notices made on that day or later could not be sent, and are not tried any more."""
    made = timezone.make_aware(datetime.combine(since, time()))
    return Notice.objects.filter(status=Notice.Status.FAILED, made_at__gte=made).count()


def notices_of(patron_id: int) -> QuerySet[Notice]:
    """What a patron was sent; also what is tried again."""
    return Notice.objects.filter(patron_id=patron_id).exclude(title="")
