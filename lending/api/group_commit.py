"""Group commit: borrows, and returns, that wait at the same moment are committed in one transaction, their responses
with them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from django.db import Error as DatabaseError
from rest_framework.response import Response

from kernel.http.idempotency.keys import Keyed, commit_with_answer, keep_answers
from kernel.refusals import Refused
from kernel.storage.batching import Batching
from kernel.storage.databases import atomic_in
from kernel.storage.retries import with_retries
from lending.api.responses import loan_created, loan_returned
from lending.checkout.services import BorrowRequest, borrow_book, borrow_books
from lending.models import Loan, Return
from lending.overload.admission import OVERLOAD
from lending.returns.grouped import ReturnRequest, return_books
from lending.returns.refusals import QueueBegan

LARGEST_GROUP = 100
Request = TypeVar("Request")
Outcome = Response | Refused | None
"""None stands for what must be done alone."""


@dataclass(frozen=True, kw_only=True)
class Call(Generic[Request]):
    """A request, and the idempotency key under which its response is kept."""

    request: Request
    keyed: Keyed | None


class Groups(Generic[Request]):
    """`work` decides the requests of a group in the transaction that it is called in, each by itself."""

    def __init__(self, work: Callable[[Sequence[Request]], Sequence[Outcome]]) -> None:
        self._work = work
        self._batching: Batching[Call[Request], Outcome] = Batching(self.decide, LARGEST_GROUP)

    def respond(self, request: Request, keyed: Keyed | None, alone: Callable[[], Response]) -> Response:
        """The response to a request, committed with whoever else asks now, or what `alone` answers in a transaction of
        its own. Raises what the request is refused for."""
        outcome = self._batching.submit(Call(request=request, keyed=keyed))
        if isinstance(outcome, Refused):
            raise outcome
        return outcome or commit_with_answer(keyed, alone)

    def decide(self, calls: Sequence[Call[Request]]) -> Sequence[Outcome]:
        """What becomes of the calls of one group. Every one is done alone when one of them breaks the common
        transaction. Raises what an overloaded database raises."""
        try:
            return with_retries(lambda: self._commit(calls))
        except OVERLOAD:
            raise
        except (DatabaseError, QueueBegan):
            return [None] * len(calls)

    @atomic_in("lending")
    def _commit(self, calls: Sequence[Call[Request]]) -> Sequence[Outcome]:
        outcomes = self._work([call.request for call in calls])
        answered = zip(calls, outcomes, strict=True)
        keep_answers([(call.keyed, outcome) for call, outcome in answered if isinstance(outcome, Response)])
        return outcomes


def borrow_in_group(request: BorrowRequest, keyed: Keyed | None) -> Response:
    """The response to a borrow, committed with whoever else borrows now. Raises what `borrow_book` raises."""
    return borrows.respond(request, keyed, partial(_borrow_alone, request))


def return_in_group(request: ReturnRequest, keyed: Keyed | None, alone: Callable[[], Response]) -> Response:
    """The response to a return, committed with whoever else returns now, or what `alone` answers and raises."""
    return returns.respond(request, keyed, alone)


def _borrow_alone(request: BorrowRequest) -> Response:
    patron_id, book_id, now = request.patron_id, request.book_id, request.requested_at
    return loan_created(borrow_book(patron_id=patron_id, book_id=book_id, quantity=request.quantity, now=now))


def _borrow(requests: Sequence[BorrowRequest]) -> Sequence[Outcome]:
    now = max(request.requested_at for request in requests)
    outcomes = borrow_books(requests, now=now)
    return [loan_created(outcome) if isinstance(outcome, Loan) else outcome for outcome in outcomes]


def _return(requests: Sequence[ReturnRequest]) -> Sequence[Outcome]:
    return [loan_returned(made) if isinstance(made, Return) else None for made in return_books(requests)]


borrows, returns = Groups(_borrow), Groups(_return)
