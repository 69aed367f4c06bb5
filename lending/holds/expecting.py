"""When a hold is perhaps ready: a guess, from the due dates of what is out and from how long the book was kept before.
Nobody is promised anything by it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import heapify, heapreplace
from typing import Any, NamedTuple

from django.db.models import Avg, DurationField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from kernel.refusals import Refused
from lending.holds.asking import wanted_hold
from lending.holds.places import in_queue
from lending.holds.queries import open_holds_of
from lending.models import Book, Copy, Hold, LoanLine
from lending.policies.eligibility import eligibility_shown
from lending.stock.whereabouts import CopyNow, copies_now

USUALLY_KEPT = timedelta(days=14)
"""For so long a book is kept of which nothing has come back yet."""
LATELY = timedelta(days=365)
SPAN = ExpressionWrapper(F("ended_at") - F("loan__borrowed_at"), DurationField())
MAY_COME = Q(withdrawn=False, for_loan=True, condition=Copy.Condition.OK)


class Coming(NamedTuple):
    """A copy that goes to somebody some day: when it is due, None where it is not out."""

    volume: str
    due_on: date | None


def coming_of(copies: Iterable[CopyNow]) -> list[Coming]:
    """Those of a book's copies that may be lent some day."""
    in_order = (one for one in copies if one.for_loan and one.condition == Copy.Condition.OK)
    return [Coming(one.volume, one.due_on) for one in in_order]


@dataclass(frozen=True, kw_only=True)
class HoldPreview:
    """A hold before it is placed: the volume that is asked for, of those that there are where copies differ in it;
    `reasons` against it, the `position` it would get, and when it is perhaps ready."""

    book: Book
    volumes: Sequence[str]
    volume: str
    reasons: Collection[Refused] = ()
    position: int = 0
    expected_on: date | None = None

    @property
    def is_possible(self) -> bool:
        """Whether it would be placed: where there are volumes, one must have been chosen."""
        return bool(self.position) and not self.reasons


def preview_of_hold(book_id: int, volume: str, *, patron_id: int, now: datetime) -> HoldPreview:
    """What a hold of the patron would come to. An unknown volume is none. Raises `Book.DoesNotExist`."""
    today = timezone.localdate(now)
    book = Book.objects.get(pk=book_id, withdrawn=False)
    copies = copies_now(book_id)
    volumes = sorted({copy.volume for copy in copies})
    volumes = volumes if len(volumes) > 1 else []
    volume = volume if volume in volumes else ""
    if volumes and volume not in volumes:
        return HoldPreview(book=book, volumes=volumes, volume="")
    position = in_queue(book_id).filter(volume=volume).count() + 1
    return HoldPreview(
        book=book,
        volumes=volumes,
        volume=volume,
        reasons=wanted_hold(book_id, volume or None, patron_id, eligibility_shown(patron_id, today)).reasons,
        position=position,
        expected_on=_guess(position, volume, coming_of(copies), _kept(book_id, now), today),
    )


def open_holds_with_guesses(patron_id: int, now: datetime) -> QuerySet[Hold]:
    """A patron's open holds as `queries.open_holds_of` gives them, ready for `expected_days`."""
    back = _brought_back(now).filter(copy__book=OuterRef("book")).values("copy__book")
    return open_holds_of(patron_id).annotate(kept=Subquery(back.annotate(n=Avg(SPAN)).values("n"), DurationField()))


def expected_days(
    holds: Iterable[Any], coming: Mapping[int, Collection[Coming]], today: date
) -> dict[int, date | None]:
    """When each of these holds that waits is perhaps ready, by its id, where these copies of its book come."""
    return {
        hold.pk: _guess(hold.at, hold.volume, coming.get(hold.book_id, ()), hold.kept, today)
        for hold in holds
        if hold.status == Hold.Status.WAITING
    }


def copies_coming(books: Collection[int]) -> Mapping[int, Sequence[Coming]]:
    """The copies of each book that may be lent some day; one statement."""
    due = LoanLine.objects.filter(copy=OuterRef("pk"), ending="").values("loan__due_on")[:1]
    copies = Copy.objects.filter(MAY_COME, book__in=books).annotate(due=Subquery(due))
    found: dict[int, list[Coming]] = defaultdict(list)
    for book, volume, due_on in copies.values_list("book", "volume", "due"):
        found[book].append(Coming(volume, due_on))
    return found


def expected_on(position: int, coming: Iterable[date], days_kept: float, today: date) -> date | None:
    """The day on which a copy comes for that position, where copies come on those days and each of those before keeps
    one so long. None where none comes. Pure."""
    days = [max(day, today) for day in coming]
    if not days:
        return None
    heapify(days)
    for _before in range(position - 1):
        heapreplace(days, days[0] + timedelta(days=max(1, round(days_kept))))
    return days[0]


def _guess(position: int, volume: str, coming: Iterable[Coming], kept: timedelta | None, today: date) -> date | None:
    """What stands on the hold shelf, in the drop box or is to be pulled goes to somebody first."""
    days = (kept or USUALLY_KEPT) / timedelta(days=1)
    there_again = today + timedelta(days=round(days))
    fitting = [one.due_on or there_again for one in coming if volume in {"", one.volume}]
    return expected_on(position, fitting, days, today)


def _brought_back(now: datetime) -> QuerySet[LoanLine]:
    return LoanLine.objects.filter(ending=LoanLine.Ending.RETURNED, ended_at__gt=now - LATELY).order_by()


def _kept(book_id: int, now: datetime) -> timedelta | None:
    kept: timedelta | None = _brought_back(now).filter(copy__book=book_id).aggregate(kept=Avg(SPAN))["kept"]
    return kept
