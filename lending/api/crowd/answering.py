"""A crowd's calls: those that wait at the same moment are answered by one thread, from who calls to the answer.

Whatever is unusual about a call, or about what comes of it, is left to the view, which decides it alone.
"""

import logging
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import close_old_connections
from django.utils import translation
from rest_framework.response import Response

from kernel.http.answers.gathering import Gathering
from kernel.http.answers.plain_answers import common_headers, whole
from kernel.http.authentication import people_of
from kernel.http.idempotency.views import KEY, ends
from kernel.http.input.plain_calls import Scope, plain_call
from kernel.http.problems import problem_response
from kernel.http.request_log import note_answer
from kernel.refusals import Refused
from kernel.storage.postgresql.kept_statements import KeptStatements
from kernel.storage.precedence import give_way
from lending.api.crowd.calls import METHOD, Respond, Waiting
from lending.api.crowd.kinds import kind_of
from lending.api.group_commit import LARGEST_GROUP, Call, Groups, Outcome, borrows, returns
from lending.overload.admission import NOT_BEGUN, OVERLOAD, admission
from lending.overload.circuit_breaker import State

IS_FOR_ALL = not (settings.FAULTS or settings.OTLP_ENDPOINT)
"""Faults on purpose hold up one call each, and spans are of one request each: both are the view's."""
LONGEST_WAIT = 0.1
"""Seconds that a group waits for who stands at the desk: a scan's statements are answered sooner beside none."""
Asked = Sequence[tuple[Waiting[Any], Call[Any]]]
logger = logging.getLogger(__name__)


def answer_with_others(scope: Scope, respond: Respond, otherwise: Callable[[], None]) -> bool:
    """Whether a call is one of a crowd's: then it is answered by `respond`, or left to the view by `otherwise`, once;
    perhaps later, and by another thread."""
    if not IS_FOR_ALL or admission.circuit_breaker.state != State.CLOSED:
        return False
    if waiting := waiting_of(scope, respond, otherwise):
        _crowd.add(waiting)
    return waiting is not None


def waiting_of(scope: Scope, respond: Respond, otherwise: Callable[[], None]) -> Waiting[Any] | None:
    """The call, if it is as plain as that."""
    kind = kind_of(scope["PATH_INFO"]) if scope["REQUEST_METHOD"] == METHOD else None
    if kind is None or (headers := common_headers(scope)) is None or (call := plain_call(scope)) is None:
        return None
    if not kind.body.fullmatch(call.body) or (call.key is not None and not KEY.fullmatch(call.key)):
        return None
    return Waiting(kind=kind, scope=scope, call=call, headers=headers, respond=respond, otherwise=otherwise)


def _answer(crowd: Sequence[Waiting[Any]]) -> None:
    give_way(LONGEST_WAIT)
    close_old_connections()
    _statements.plan_anew()
    try:
        asked = _asked(crowd)
        for groups in (borrows, returns):
            if some := [one for one in asked if one[0].kind.groups is groups]:
                _answer_group(groups, some)
    finally:
        close_old_connections()


def _asked(crowd: Sequence[Waiting[Any]]) -> Asked:
    """What people ask for. The others are left to the view, which says why if they are refused."""
    try:
        people = people_of([waiting.call.token for waiting in crowd])
    except DatabaseError:
        people = [None] * len(crowd)
    asked = [(waiting, _call_of(waiting, person)) for waiting, person in zip(crowd, people, strict=True)]
    for waiting, call in asked:
        if call is None:
            waiting.leave()
    return [(waiting, call) for waiting, call in asked if call]


def _call_of(waiting: Waiting[Any], person: Any) -> Call[Any] | None:
    try:
        return waiting.of(person)
    except (DatabaseError, ValueError):  # of what the person may do, and of a barcode that is none
        return None


def _answer_group(groups: Groups[Any], asked: Asked) -> None:
    for (waiting, call), outcome in zip(asked, _outcomes(groups, asked), strict=True):
        try:
            _answer_one(waiting, call, outcome)
        except Exception:
            logger.exception("an answer could not be given")


def _outcomes(groups: Groups[Any], asked: Asked) -> Sequence[Outcome | Exception]:
    """What became of each; of all the error where the database could not do it."""
    now = perf_counter()
    try:
        with admission.slot([now - waiting.began for waiting, _call in asked]):
            return groups.decide([call for _waiting, call in asked])
    except OVERLOAD as why:
        return [why] * len(asked)
    except Exception:  # nothing was committed: who caused it is told by the view
        logger.exception("calls of a crowd are decided one by one")
        return [None] * len(asked)
    finally:
        for _waiting, call in asked:
            if call.keyed:
                ends(call.keyed)


def _answer_one(waiting: Waiting[Any], call: Call[Any], outcome: Outcome | Exception) -> None:
    if isinstance(outcome, OVERLOAD) and not isinstance(outcome, NOT_BEGUN):
        admission.count_deferral(outcome)
        return waiting.leave(begun=True)
    response = outcome if isinstance(outcome, Response) else None
    if isinstance(outcome, Refused) and not call.keyed:  # under a key it is kept, by the view
        with translation.override(waiting.language):
            response = problem_response(outcome, {})
    if response is None:
        return waiting.leave()
    kind, request_id = waiting.kind, waiting.call.request_id
    waiting.respond(*whole(response, (*waiting.headers, ("Allow", kind.allow)), request_id))
    code, seconds = getattr(response, "refusal", ""), perf_counter() - waiting.began
    return note_answer(METHOD, kind.route, response.status_code, seconds, code, request_id=request_id)


_statements = KeptStatements(by_index=True)
_crowd = Gathering(_answer, LARGEST_GROUP, make_ready=_statements.begin)
"""What many do at the same moment, answered by a thread of its own: docs/decisions/0042."""
