"""Borrows of a crowd: those that wait at the same moment are answered by one thread, from who calls to the answer.

Whatever is unusual about a call, or about what comes of it, is left to the view, which decides it alone.
"""

import logging
from collections.abc import Callable, Sequence
from time import perf_counter

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections
from django.utils import translation
from rest_framework.response import Response

from kernel.http.answers.gathering import Gathering
from kernel.http.answers.plain_answers import whole
from kernel.http.authentication import people_of
from kernel.http.idempotency.views import ends
from kernel.http.input.plain_calls import Scope
from kernel.http.problems import problem_response
from kernel.http.request_log import note_answer
from kernel.refusals import Refused
from lending.api.crowd.calls import ADDRESS, METHOD, Borrow, Respond, borrow_of
from lending.api.group_commit import LARGEST_GROUP, Call, Outcome, borrows
from lending.checkout.services import BorrowRequest
from lending.overload.admission import NOT_BEGUN, OVERLOAD, admission
from lending.overload.circuit_breaker import State

ROUTE = ADDRESS.removeprefix("/")
IS_FOR_ALL = not (settings.FAULTS or settings.OTLP_ENDPOINT)
"""Faults on purpose hold up one call each, and spans are of one request each: both are the view's."""
Asked = Sequence[tuple[Borrow, Call[BorrowRequest]]]
ALLOW = (("Allow", "GET, POST, HEAD, OPTIONS"),)
logger = logging.getLogger(__name__)


def answer_with_others(scope: Scope, respond: Respond, otherwise: Callable[[], None]) -> bool:
    """Whether a call is one of a crowd's: then it is answered by `respond`, or left to the view by `otherwise`, once;
    perhaps later, and by another thread."""
    if not IS_FOR_ALL or admission.circuit_breaker.state != State.CLOSED:
        return False
    if borrow := borrow_of(scope, respond, otherwise):
        _crowd.add(borrow)
    return borrow is not None


def _answer(crowd: Sequence[Borrow]) -> None:
    close_old_connections()
    try:
        asked = _asked(crowd)
        outcomes = _outcomes(asked) if asked else ()
    finally:
        close_old_connections()
    for (borrow, call), outcome in zip(asked, outcomes, strict=True):
        try:
            _answer_one(borrow, call, outcome)
        except Exception:
            logger.exception("an answer could not be given")


def _asked(crowd: Sequence[Borrow]) -> Asked:
    """What patrons ask for. The others are left to the view, which says why if they are refused."""
    try:
        people = people_of([borrow.call.token for borrow in crowd])
    except DatabaseError:
        people = [None] * len(crowd)
    asked = [(borrow, borrow.of(person)) for borrow, person in zip(crowd, people, strict=True)]
    for borrow, call in asked:
        if call is None:
            borrow.leave()
    return [(borrow, call) for borrow, call in asked if call]


def _outcomes(asked: Asked) -> Sequence[Outcome | Exception]:
    """What became of each; of all the error where the database could not do it."""
    now = perf_counter()
    try:
        with admission.slot([now - borrow.began for borrow, _call in asked]):
            return borrows.decide([call for _borrow, call in asked])
    except OVERLOAD as why:
        return [why] * len(asked)
    except Exception:  # nothing was committed: who caused it is told by the view
        logger.exception("borrows are decided one by one")
        return [None] * len(asked)
    finally:
        for _borrow, call in asked:
            if call.keyed:
                ends(call.keyed)


def _answer_one(borrow: Borrow, call: Call[BorrowRequest], outcome: Outcome | Exception) -> None:
    if isinstance(outcome, OVERLOAD) and not isinstance(outcome, NOT_BEGUN):
        admission.count_deferral(outcome)
        return borrow.leave(begun=True)
    response = outcome if isinstance(outcome, Response) else None
    if isinstance(outcome, Refused) and not call.keyed:  # under a key it is kept, by the view
        with translation.override(borrow.language):
            response = problem_response(outcome, {})
    if response is None:
        return borrow.leave()
    status, headers, body = whole(response, (*borrow.headers, *ALLOW), borrow.call.request_id)
    borrow.respond(status, headers, body)
    code, seconds = getattr(response, "refusal", ""), perf_counter() - borrow.began
    return note_answer(METHOD, ROUTE, status, seconds, code, request_id=borrow.call.request_id)


_crowd = Gathering(_answer, LARGEST_GROUP)
