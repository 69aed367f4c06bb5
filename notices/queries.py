"""What is known of notices."""

from datetime import date

from django.db.models import QuerySet

from notices.models import Notice, Timing


def timing_on(day: date) -> Timing:
    """The timing in force on a day; the usual one where none was adopted."""
    return Timing.objects.filter(valid_from__lte=day).order_by("-valid_from").first() or Timing(valid_from=day)


def notices_of(patron_id: int) -> QuerySet[Notice]:
    """What a patron was sent; also what is tried again."""
    return Notice.objects.filter(patron_id=patron_id).exclude(title="")
