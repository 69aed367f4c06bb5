"""A borrow as a crowd sends it: the book, perhaps how many copies, and nothing else."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Any

from django.utils import timezone

from kernel.http.answers.plain_answers import Headers, common_headers
from kernel.http.idempotency.keys import Keyed
from kernel.http.idempotency.views import KEY, begins, fingerprint_of
from kernel.http.input.plain_calls import PlainCall, Scope, plain_call
from kernel.observability.tracing import Trace
from lending.api.bodies import MOST_COPIES
from lending.api.group_commit import Call
from lending.checkout.services import BorrowRequest
from lending.overload.views import BEGUN_AT
from lending.policies.borrowers import borrower_of

METHOD, ADDRESS = "POST", "/api/v1/loans"
BODY = re.compile(rb'{"book": ?([1-9][0-9]{0,17})(?:, ?"quantity": ?([1-9][0-9]{0,3}))?}')
"""As programs write it."""
Respond = Callable[[int, list[tuple[str, str]], bytes], None]


@dataclass(frozen=True, kw_only=True)
class Borrow:
    """A call that waits for its answer: either by `respond`, or the view's, as `leave` asks for."""

    scope: Scope
    call: PlainCall
    book_id: int
    quantity: int
    headers: Headers
    respond: Respond
    otherwise: Callable[[], None]
    came_at: datetime = field(default_factory=timezone.now)
    began: float = field(default_factory=perf_counter)

    @property
    def language(self) -> str:
        """In which it is answered."""
        return dict(self.headers)["Content-Language"]

    def leave(self, *, begun: bool = False) -> None:
        """Leaves the call to the view. `begun`: it is only to be deferred, since it may have been committed."""
        if begun:
            self.scope[BEGUN_AT] = self.came_at
        self.otherwise()

    def of(self, person: Any) -> Call[BorrowRequest] | None:
        """What a patron asks for by it; None for whom the view must answer."""
        if person is None or person.is_staff or person.is_program:
            return None
        request = BorrowRequest(
            patron_id=person.pk,
            book_id=self.book_id,
            quantity=self.quantity,
            requested_at=self.came_at,
            borrower=borrower_of(person),
            trace=Trace(self.call.request_id, by=person.pk, via="api"),
        )
        keyed = self._keyed(person) if self.call.key else None
        return None if keyed and not begins(keyed) else Call(request=request, keyed=keyed)

    def _keyed(self, person: Any) -> Keyed:
        return Keyed(
            context="lending",
            caller_id=person.pk,
            key=self.call.key or "",
            fingerprint=fingerprint_of(METHOD, ADDRESS, self.call.body),
            now=self.came_at,
        )


def borrow_of(scope: Scope, respond: Respond, otherwise: Callable[[], None]) -> Borrow | None:
    """The borrow that is asked for, if the call is as plain as that."""
    if scope["REQUEST_METHOD"] != METHOD or (headers := common_headers(scope)) is None:
        return None
    call = plain_call(scope)
    wanted = call and BODY.fullmatch(call.body)
    if not call or not wanted or int(wanted[2] or 1) > MOST_COPIES or (call.key and not KEY.fullmatch(call.key)):
        return None
    return Borrow(
        scope=scope,
        call=call,
        book_id=int(wanted[1]),
        quantity=int(wanted[2] or 1),
        headers=headers,
        respond=respond,
        otherwise=otherwise,
    )
