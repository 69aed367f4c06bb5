"""The counter: borrows that wait for it at the same moment are lent in one transaction, their answers with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import Error as DatabaseError
from rest_framework.response import Response

from kernel.http.idempotency import Keyed, commit_with_answer, keep_answers
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in
from kernel.storage.retries import with_retries
from lending.checkout.group_commit import Together
from lending.models import Loan
from lending.overload.admission import OVERLOAD
from lending.serializers import LoanShown
from lending.services import Wish, borrow_book, borrow_together

MOST = 100


@dataclass(frozen=True, kw_only=True)
class Asking:
    """A wish, and the request under whose key its answer is kept."""

    wish: Wish
    keyed: Keyed | None


def borrow_at_counter(asking: Asking) -> Response:
    """The answer to a borrow. Raises what `borrow_book` raises."""
    answer = _counter.ask(asking)
    if isinstance(answer, Refused):
        raise answer
    return answer or _borrow_alone(asking)


def lent(loan: Loan) -> Response:
    """The answer to a borrow that was granted."""
    return Response(shown(loan), status=201, headers={"Location": f"/api/v1/loans/{loan.pk}"})


def shown(loan: Loan) -> dict[str, Any]:
    """A loan that is ready to be shown, as its JSON has it."""
    return dict(LoanShown(loan).data)


def _borrow_alone(asking: Asking) -> Response:
    def borrow() -> Response:
        wish = asking.wish
        return lent(
            borrow_book(patron_id=wish.patron_id, book_id=wish.book_id, quantity=wish.quantity, now=wish.asked_at)
        )

    return commit_with_answer(asking.keyed, borrow)


def _serve(askings: Sequence[Asking]) -> Sequence[Response | Refused | None]:
    """None stands for one that is asked alone: all of them when one breaks the transaction of all."""
    try:
        return with_retries(lambda: _lend(askings))
    except OVERLOAD:
        raise
    except DatabaseError:
        return [None] * len(askings)


@atomic_in("lending")
def _lend(askings: Sequence[Asking]) -> Sequence[Response | Refused | None]:
    now = max(asking.wish.asked_at for asking in askings)
    outcomes = borrow_together([asking.wish for asking in askings], now=now)
    answers = [lent(outcome) if isinstance(outcome, Loan) else outcome for outcome in outcomes]
    granted = zip(askings, answers, strict=True)
    keep_answers([(asking.keyed, answer) for asking, answer in granted if isinstance(answer, Response)])
    return answers


_counter = Together(_serve, MOST)
