"""Messages under way to the gateway, several at once: threads send them and wait for it, and all else is done by
whoever sends, in its own thread and connection."""

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from threading import Lock

from django.conf import settings
from django.db.models import Max

from kernel.outgoing.persistent import PersistentConnections
from notices.models import Channel, GatewayPause, Notice
from notices.sending.claims import begin, release
from notices.sending.messages import send_message
from notices.sending.outcomes import FIRST_PAUSE, Outcome, Sent, record
from notices.writing.letters import Written

Message = tuple[Notice, Written]
Done = Callable[[Collection[str]], None]


class Gateway:
    """Twice as many are marked as being sent as are under way, so that no thread waits for the database between two of
    them. Where this process dies, only what was under way may go out again, under its id. Of one patron's only one is
    marked, so they keep their order. `done` hears what became of them. From when on it should stop, what has not left
    is left to others."""

    def __init__(
        self,
        threads: ThreadPoolExecutor,
        connections: PersistentConnections,
        clock: Callable[[], datetime],
        should_stop: Callable[[], bool],
        done: Done,
    ) -> None:
        self._threads, self._connections = threads, connections
        self._clock, self._should_stop, self._done = clock, should_stop, done
        self._waiting: list[Message] = []
        self._begun: dict[Future[Outcome | None], Message] = {}
        self._away_until = GatewayPause.objects.aggregate(latest=Max("until"))["latest"] or clock()
        """It has said that it takes no more for now, or does not answer: what has not left is left for later."""
        self._lock = Lock()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is waiting or under way."""
        return not (self._waiting or self._begun)

    def take(self, notice: Notice, text: Written) -> None:
        """Sends it as soon as there is room; until then others are written."""
        self._waiting.append((notice, text))
        if len(self._waiting) >= settings.NOTICES_GATEWAY_AT_ONCE:
            if len(self._begun) > settings.NOTICES_GATEWAY_AT_ONCE:
                self._hear()
            self._begin()

    def finish(self) -> None:
        """Returns when nothing is waiting or under way any more."""
        while not self.is_idle:
            self._begin()
            self._hear()

    def _begin(self) -> None:
        """Hands what there is room for to the threads."""
        if not self._may_send(now := self._clock()):
            release([notice for notice, _text in self._waiting], max(now, self._away_until))
            self._waiting.clear()
        chosen = list(self._next())
        begun = begin([notice for notice, _text in chosen], Channel.MESSAGE, now)
        for notice, text in chosen:
            if notice.pk in begun:
                self._begun[self._threads.submit(self._send, notice.pk, text)] = notice, text

    def _next(self) -> Iterator[Message]:
        """The first ones of patrons of whom none is begun."""
        busy = {notice.patron_id for notice, _text in self._begun.values()}
        room = 2 * settings.NOTICES_GATEWAY_AT_ONCE - len(busy)
        for message in [*self._waiting]:
            patron = message[0].patron_id
            if room and patron not in busy:
                busy.add(patron)
                room -= 1
                self._waiting.remove(message)
                yield message

    def _send(self, notice_id: int, text: Written) -> Outcome | None:
        """By a thread: what became of it; nothing where it has not left."""
        if not self._may_send(now := self._clock()):
            return None
        outcome = send_message(self._connections, notice_id, text, now)
        if outcome.is_away:
            with self._lock:
                self._away_until = max(self._away_until, self._clock() + max(outcome.pause, FIRST_PAUSE))
        return outcome

    def _may_send(self, now: datetime) -> bool:
        return now >= self._away_until and not self._should_stop()

    def _hear(self) -> None:
        """Waits for an answer, and notes what came of those that are answered."""
        answered, _others = wait(self._begun, return_when=FIRST_COMPLETED)
        came = [(*self._begun.pop(future), future.result()) for future in answered]
        now, sent = self._clock(), [Sent(notice, text, outcome) for notice, text, outcome in came if outcome]
        if pause := max((one.outcome.pause for one in sent), default=timedelta()):
            GatewayPause.objects.create(until=now + pause)  # others that send hear of it when they begin
        if sent:
            self._done(record(sent, now))
        release([notice for notice, _text, outcome in came if not outcome], max(now, self._away_until))


@contextmanager
def gateway(clock: Callable[[], datetime], should_stop: Callable[[], bool], done: Done) -> Iterator[Gateway]:
    """The gateway during one run. It is waited for what is under way when the run ends, however it does."""
    threads = ThreadPoolExecutor(settings.NOTICES_GATEWAY_AT_ONCE, "notices")
    with closing(PersistentConnections(settings.NOTICES_GATEWAY_URL)) as connections:
        try:
            yield Gateway(threads, connections, clock, should_stop, done)
        finally:
            threads.shutdown(cancel_futures=True)
