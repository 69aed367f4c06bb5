"""Group commit: borrows that wait at the same moment are committed in one transaction, their responses with them."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import Error as DatabaseError
from rest_framework.response import Response

from kernel.http.idempotency.keys import Keyed, commit_with_answer, keep_answers
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in
from kernel.storage.retries import with_retries
from lending.api.responses import loan_created
from lending.checkout.services import BorrowRequest, borrow_book, borrow_books
from lending.models import Loan
from lending.overload.admission import OVERLOAD

LARGEST_GROUP = 100
Call = TypeVar("Call")
Result = TypeVar("Result")


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


class _Member(Generic[Call, Result]):
    def __init__(self, call: Call) -> None:
        self.call = call
        self.woken = threading.Event()
        self.done = False
        self.result: Result | None = None
        self.error: BaseException | None = None


class GroupCommit(Generic[Call, Result]):
    """For any number of threads. `commit` is called by one thread at a time, the leader, with at most `largest` of the
    waiting calls in the order in which they came, and returns their results in that order."""

    def __init__(self, commit: Callable[[Sequence[Call]], Sequence[Result]], largest: int) -> None:
        self._commit, self._largest = commit, largest
        self._waiting: deque[_Member[Call, Result]] = deque()
        self._lock = threading.Lock()
        self._has_leader = False

    def submit(self, call: Call) -> Result:
        """The call's result. Raises what `commit` raised, to every member of that group."""
        member: _Member[Call, Result] = _Member(call)
        with self._lock:
            self._waiting.append(member)
            leads, self._has_leader = not self._has_leader, True
        if not leads:
            member.woken.wait()
        if not member.done:
            self._lead()
        if member.error:
            raise member.error
        return member.result  # type: ignore[return-value]  # done without an error, so it has one

    def _lead(self) -> None:
        """Commits the group at the head of the queue, the leader's own call among it, and wakes the next leader."""
        with self._lock:
            group = [self._waiting.popleft() for _number in range(min(self._largest, len(self._waiting)))]
        try:
            for member, result in zip(group, self._commit([member.call for member in group]), strict=True):
                member.result = result
        except BaseException as error:
            for member in group:
                member.error = error
        finally:
            for member in group:
                member.done = True
            with self._lock:
                self._has_leader = bool(self._waiting)
                if self._waiting:
                    self._waiting[0].woken.set()
            for member in group:
                member.woken.set()


_borrows = GroupCommit(_borrow_group, LARGEST_GROUP)
