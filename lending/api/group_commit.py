"""Group commit: borrows that wait at the same moment are committed in one transaction, their responses with them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import Error as DatabaseError
from rest_framework.response import Response

from kernel.http.idempotency.keys import Keyed, commit_with_answer, keep_answers
from kernel.refusals import Refused
from kernel.storage.batching import Batching
from kernel.storage.databases import atomic_in
from kernel.storage.retries import with_retries
from lending.api.responses import loan_created
from lending.checkout.services import BorrowRequest, borrow_book, borrow_books
from lending.models import Loan
from lending.overload.admission import OVERLOAD

LARGEST_GROUP = 100


@dataclass(frozen=True, kw_only=True)
class BorrowCall:
    """A borrow, and the idempotency key under which its response is kept."""

    request: BorrowRequest
    keyed: Keyed | None


def borrow_in_group(request: BorrowRequest, keyed: Keyed | None) -> Response:
    """The response to a borrow, committed with whoever else borrows now. Raises what `borrow_book` raises."""
    call = BorrowCall(request=request, keyed=keyed)
    response = _borrows.submit(call)
    if isinstance(response, Refused):
        raise response
    return response or _borrow_alone(call)


def _borrow_alone(call: BorrowCall) -> Response:
    request = call.request

    def borrow() -> Response:
        patron_id, book_id, now = request.patron_id, request.book_id, request.requested_at
        return loan_created(borrow_book(patron_id=patron_id, book_id=book_id, quantity=request.quantity, now=now))

    return commit_with_answer(call.keyed, borrow)


def _borrow_group(calls: Sequence[BorrowCall]) -> Sequence[Response | Refused | None]:
    """None stands for a borrow that must be made alone: every one, when one of them breaks the common transaction."""
    try:
        return with_retries(lambda: _commit_group(calls))
    except OVERLOAD:
        raise
    except DatabaseError:
        return [None] * len(calls)


@atomic_in("lending")
def _commit_group(calls: Sequence[BorrowCall]) -> Sequence[Response | Refused | None]:
    now = max(call.request.requested_at for call in calls)
    outcomes = borrow_books([call.request for call in calls], now=now)
    responses = [loan_created(outcome) if isinstance(outcome, Loan) else outcome for outcome in outcomes]
    answered = zip(calls, responses, strict=True)
    keep_answers([(call.keyed, response) for call, response in answered if isinstance(response, Response)])
    return responses


_borrows = Batching(_borrow_group, LARGEST_GROUP)
