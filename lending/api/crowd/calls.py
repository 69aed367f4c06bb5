"""Calls as a crowd sends them: plain ones of a few kinds, which wait for their answers together."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import Any, Generic, TypeVar

from django.utils import timezone

from kernel.http.answers.plain_answers import Headers
from kernel.http.idempotency.keys import Keyed
from kernel.http.idempotency.views import begins, fingerprint_of
from kernel.http.input.plain_calls import PlainCall, Scope
from kernel.observability.tracing import Trace
from lending.api.group_commit import Call, Groups
from lending.overload.views import BEGUN_AT

METHOD = "POST"
Request = TypeVar("Request")
Respond = Callable[[int, list[tuple[str, str]], bytes], None]


@dataclass(frozen=True, kw_only=True)
class Kind(Generic[Request]):
    """One kind of calls. `request_of` is what a person asks for by one, None for what the view must decide; `allow` is
    what the address allows."""

    route: str
    address: re.Pattern[str]
    body: re.Pattern[bytes]
    allow: str
    groups: Groups[Request]
    request_of: Callable[["Waiting[Request]", Any], Request | None]


@dataclass(frozen=True, kw_only=True)
class Waiting(Generic[Request]):
    """A call that waits for its answer: either by `respond`, or the view's, as `leave` asks for."""

    kind: Kind[Request]
    scope: Scope
    call: PlainCall
    headers: Headers
    respond: Respond
    otherwise: Callable[[], None]
    came_at: datetime = field(default_factory=timezone.now)
    began: float = field(default_factory=perf_counter)

    @property
    def language(self) -> str:
        """In which it is answered."""
        return dict(self.headers)["Content-Language"]

    @property
    def address(self) -> str:
        """Where it was sent."""
        return str(self.scope["PATH_INFO"])

    @property
    def wanted(self) -> tuple[bytes | None, ...]:
        """What the body's form leaves open."""
        return found.groups() if (found := self.kind.body.fullmatch(self.call.body)) else ()

    def leave(self, *, begun: bool = False) -> None:
        """Leaves the call to the view. `begun`: it is only to be deferred, since it may have been committed."""
        if begun:
            self.scope[BEGUN_AT] = self.came_at
        self.otherwise()

    def of(self, person: Any) -> Call[Request] | None:
        """What a person asks for by it; None for whom the view must answer."""
        request = None if person is None or person.is_program else self.kind.request_of(self, person)
        if request is None:
            return None
        keyed = self._keyed(person) if self.call.key else None
        return None if keyed and not begins(keyed) else Call(request=request, keyed=keyed)

    def trace_of(self, person: Any) -> Trace:
        """What the request's events carry."""
        return Trace(self.call.request_id, by=person.pk, via="api")

    def _keyed(self, person: Any) -> Keyed:
        return Keyed(
            context="lending",
            caller_id=person.pk,
            key=self.call.key or "",
            fingerprint=fingerprint_of(METHOD, self.address, self.call.body),
            now=self.came_at,
        )
