"""What a patron can do with the own holds, and what is said of it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial

from django.contrib import messages
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.http.idempotency.forms import Outcome
from kernel.refusals import Refused
from kernel.values.dates import read_date
from lending.deferral.desk import admit
from lending.holds.services import cancel_hold, place_hold, resume_hold, suspend_hold
from lending.models import Hold
from opac.own.acts import Keep, said
from opac.own.holds import subject_of_hold


class NoSuchDay(Refused):
    code = "no_such_day"
    sentence = gettext_lazy("Your hold is as it was: the day has to be one from today on.")


def place(patron_id: int, book_id: int, volume: str, now: datetime, address: str, keep: Keep) -> None:
    """Gives the patron the last place in the queue."""

    def keep_place(hold: Hold) -> None:
        sentence = _("You are number %(position)s in the queue for “%(title)s”.")
        facts = {"position": hold.position, "title": hold.title}
        keep(said(messages.SUCCESS, sentence % facts, address))

    service = partial(place_hold, patron_id=patron_id, book_id=book_id, volume=volume, now=now)
    admit(service, keep_place)


def cancel(hold_id: int, patron_id: int, now: datetime, address: str, sent: Mapping[str, str], keep: Keep) -> None:
    """Gives the place, or the copy that is ready, to the next."""
    service = partial(cancel_hold, hold_id, now=now, of_patron=patron_id)
    sentence = _("Your hold on “%(title)s” is cancelled.")
    admit(service, lambda hold: keep(said(messages.SUCCESS, sentence % {"title": hold.title}, address)))


def suspend(hold_id: int, patron_id: int, now: datetime, address: str, sent: Mapping[str, str], keep: Keep) -> None:
    """Lets others pass, to a day or until it is resumed. Raises `NoSuchDay`."""
    until = _day(sent.get("until", ""), timezone.localdate(now))
    service = partial(suspend_hold, hold_id, now=now, until=until, of_patron=patron_id)
    sentence = _("Suspended: you keep your place, and others pass you until you resume it.")
    if until:
        sentence = _("Suspended until %(until)s: you keep your place, and others pass you.")
    sentence %= {"until": date_format(until) if until else ""}
    admit(service, lambda hold: keep(_beside(hold.pk, address, sentence)))


def resume(hold_id: int, patron_id: int, now: datetime, address: str, sent: Mapping[str, str], keep: Keep) -> None:
    """Waits again."""
    service = partial(resume_hold, hold_id, now=now, of_patron=patron_id)
    sentence = _("You are in the queue again.")
    admit(service, lambda hold: keep(_beside(hold.pk, address, sentence)))


ACTS: dict[str, Callable[[int, int, datetime, str, Mapping[str, str], Keep], None]] = {
    "cancel_hold": cancel,
    "suspend_hold": suspend,
    "resume_hold": resume,
}
"""What the buttons of a hold say."""


def refused(hold_id: int, address: str, refusal: Refused) -> Outcome:
    """A refusal, beside the hold that it is about."""
    return _beside(hold_id, address, str(refusal), messages.ERROR)


def _beside(hold_id: int, address: str, sentence: str, level: int = messages.SUCCESS) -> Outcome:
    subject = subject_of_hold(hold_id)
    return said(level, sentence, f"{address}#{subject}", about=subject)


def _day(typed: str, today: date) -> date | None:
    """The day that was typed, None where none was. Raises `NoSuchDay`."""
    try:
        day = read_date(typed) if typed.strip() else None
    except ValueError as error:
        raise NoSuchDay from error
    if day and day < today:
        raise NoSuchDay
    return day
