"""What the guess of when a hold is ready is made of: which copies come when, and how long the book was kept before."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Avg, DurationField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery

from lending.holds.queries import open_holds_of
from lending.holds.waits.guessing import Coming, guess
from lending.models import Copy, Hold, LoanLine
from lending.stock.whereabouts import CopyNow

LATELY = timedelta(days=365)
SPAN = ExpressionWrapper(F("ended_at") - F("loan__borrowed_at"), DurationField())
MAY_COME = Q(withdrawn=False, for_loan=True, condition=Copy.Condition.OK)


def coming_of(copies: Iterable[CopyNow]) -> list[Coming]:
    """Those of a book's copies that may be lent some day."""
    in_order = (one for one in copies if one.for_loan and one.condition == Copy.Condition.OK)
    return [Coming(one.volume, one.due_on) for one in in_order]


def open_holds_with_guesses(patron_id: int, now: datetime) -> QuerySet[Hold]:
    """A patron's open holds as `queries.open_holds_of` gives them, ready for `expected_days`."""
    back = _brought_back(now).filter(copy__book=OuterRef("book")).values("copy__book")
    return open_holds_of(patron_id).annotate(kept=Subquery(back.annotate(n=Avg(SPAN)).values("n"), DurationField()))


def expected_days(
    holds: Iterable[Any], coming: Mapping[int, Collection[Coming]], today: date
) -> dict[int, date | None]:
    """When each of these holds that waits is perhaps ready, by its id, where these copies of its book come."""
    return {
        hold.pk: guess(hold.at, hold.volume, coming.get(hold.book_id, ()), hold.kept, today)
        for hold in holds
        if hold.status_on(today) == Hold.Status.WAITING
    }


def copies_coming(books: Collection[int]) -> Mapping[int, Sequence[Coming]]:
    """The copies of each book that may be lent some day; one statement."""
    due = LoanLine.objects.filter(copy=OuterRef("pk"), ending="").values("loan__due_on")[:1]
    copies = Copy.objects.filter(MAY_COME, book__in=books).annotate(due=Subquery(due))
    found: dict[int, list[Coming]] = defaultdict(list)
    for book, volume, due_on in copies.values_list("book", "volume", "due"):
        found[book].append(Coming(volume, due_on))
    return found


def days_kept(book_id: int, now: datetime) -> timedelta | None:
    """For how long a book was kept on average lately; None where nothing came back."""
    kept: timedelta | None = _brought_back(now).filter(copy__book=book_id).aggregate(kept=Avg(SPAN))["kept"]
    return kept


def _brought_back(now: datetime) -> QuerySet[LoanLine]:
    return LoanLine.objects.filter(ending=LoanLine.Ending.RETURNED, ended_at__gt=now - LATELY).order_by()
