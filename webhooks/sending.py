"""Sends endpoints the events behind their positions: in the log's order, at least once, one at a time.

A thread for each message waits for the network and touches no database. So a receiver that does not answer costs a
thread for some seconds, and holds up nobody else.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from queue import Empty, SimpleQueue

from kernel.eventbus.stream.log import end_of_log
from kernel.outgoing.failures import BROKEN_OFF
from kernel.outgoing.persistent import PersistentConnections
from kernel.outgoing.posting import Answer
from webhooks.claims import Sending, claim, next_for, release
from webhooks.messages import message
from webhooks.models import due_endpoints
from webhooks.outcomes import record_outcome

MOST_AT_ONCE = 50
"""Messages under way from one process. A receiver that does not answer is in a pause most of the time."""


class Sender:
    """One process's messages. Its methods are for one thread, whose connection to the database they use.

    No transaction is open while the network is waited for. When the process dies between sending and recording the
    attempt, the same event is sent again, under the same id, after the claim has expired.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._connections: dict[str, PersistentConnections] = {}
        self._under_way: set[Sending] = set()
        self._answers: SimpleQueue[tuple[Sending, Answer] | None] = SimpleQueue()
        self._answered: list[tuple[Sending, Answer]] = []

    @property
    def is_sending(self) -> bool:
        """Whether anything is under way."""
        return bool(self._under_way)

    def start_due(self) -> int:
        """Starts to send each due endpoint its next event; returns how many were started."""
        self._close_old()
        due = list(due_endpoints(self._clock()).order_by("?"))  # so that none is always behind the others
        end = end_of_log() if due else 0
        started = 0
        for endpoint in due:
            if len(self._under_way) >= MOST_AT_ONCE:
                break
            if endpoint.position < end or endpoint.resends.exists():
                started += self._start_next(endpoint.pk, end)
        return started

    def wait(self, seconds: float) -> None:
        """Returns when a receiver has answered, when `wake` is called, or after so many seconds."""
        with suppress(Empty):
            answer = self._answers.get(timeout=seconds)
            while True:
                self._answered += [answer] if answer else []
                answer = self._answers.get_nowait()

    def wake(self) -> None:
        """Ends the wait, from any thread or signal handler."""
        self._answers.put(None)

    def record_answers(self) -> None:
        """Records the attempts that have ended, and what follows from them."""
        while self._answered:
            sending, answer = self._answered.pop()
            self._under_way.discard(sending)
            record_outcome(sending, answer, self._clock())

    def abandon(self) -> None:
        """Releases what is still under way: it is sent again, by others. No connection is kept."""
        for connections in self._connections.values():
            connections.close()
        for sending in self._under_way:
            release(sending.endpoint)

    def _start_next(self, endpoint_id: int, end: int) -> bool:
        now = self._clock()
        endpoint = claim(endpoint_id, now)
        sending = next_for(endpoint, end, now) if endpoint else None
        if not sending:
            return False
        self._under_way.add(sending)
        url = sending.endpoint.url
        connections = self._connections.setdefault(url, PersistentConnections(url))
        arguments = (connections, sending, *message(sending.endpoint, sending.event, now))
        threading.Thread(target=self._send, args=arguments, daemon=True).start()
        return True

    def _send(self, connections: PersistentConnections, sending: Sending, body: bytes, headers: dict[str, str]) -> None:
        answer = Answer(None, BROKEN_OFF, 0)
        try:
            answer = connections.post(body, headers)
        finally:  # whatever happens, the attempt ends
            self._answers.put((sending, answer))

    def _close_old(self) -> None:
        """Forgets receivers that were sent nothing for a while, and those that keep no connection."""
        busy = {sending.endpoint.url for sending in self._under_way}
        for url, connections in list(self._connections.items()):
            if not connections.close_old() and url not in busy:
                del self._connections[url]
