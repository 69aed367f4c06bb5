"""Messages under way to the gateway, several at once: it is waited for by threads, and all else is done by whoever
sends, in its own thread and connection."""

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max

from notices.models import Channel, GatewayPause, Notice
from notices.sending.claims import begin, release
from notices.sending.messages import send_message
from notices.sending.outcomes import FIRST_PAUSE, Outcome, Sent, record
from notices.writing.letters import Written

Message = tuple[Notice, Written]
NO_PAUSE = timedelta()
Done = Callable[[Collection[str]], None]


class Gateway:
    """No more are marked as being sent than are under way: so many may go out again, under their ids, where this
    process dies. Of one patron's only one is under way, so they keep their order. `done` hears what became of them.
    From when on it should stop, what waits is left to others."""

    def __init__(
        self, threads: ThreadPoolExecutor, clock: Callable[[], datetime], should_stop: Callable[[], bool], done: Done
    ) -> None:
        self._threads, self._clock, self._should_stop, self._done = threads, clock, should_stop, done
        self._waiting: list[Message] = []
        self._under_way: dict[Future[Outcome], Message] = {}
        self._away_until = GatewayPause.objects.aggregate(latest=Max("until"))["latest"] or clock()
        """It has said that it takes no more for now, or does not answer: what has not left is left for later."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing is waiting or under way."""
        return not (self._waiting or self._under_way)

    def take(self, notice: Notice, text: Written) -> None:
        """Sends it as soon as there is room. While as many are under way as may be, as many others are written."""
        self._waiting.append((notice, text))
        if len(self._waiting) >= settings.NOTICES_GATEWAY_AT_ONCE:
            self._go_on()

    def finish(self) -> None:
        """Returns when nothing is waiting or under way any more."""
        while not self.is_idle:
            self._go_on()

    def _go_on(self) -> None:
        """Notes what came of those that are answered, after waiting for one, and sends what there is room for."""
        if self._under_way:
            answered, _others = wait(self._under_way, return_when=FIRST_COMPLETED)
            self._note([Sent(*self._under_way.pop(future), future.result()) for future in answered])
        now = self._clock()
        if now < self._away_until or self._should_stop():
            release([notice for notice, _text in self._waiting], max(now, self._away_until))
            self._waiting.clear()
        chosen = list(self._next())
        begun = begin([notice for notice, _text in chosen], Channel.MESSAGE, now)
        for notice, text in chosen:
            if notice.pk in begun:
                self._under_way[self._threads.submit(send_message, notice.pk, text, now)] = notice, text

    def _next(self) -> Iterator[Message]:
        """The first ones of patrons to whom nothing is under way."""
        busy = {notice.patron_id for notice, _text in self._under_way.values()}
        room = settings.NOTICES_GATEWAY_AT_ONCE - len(busy)
        for message in [*self._waiting]:
            patron = message[0].patron_id
            if room and patron not in busy:
                busy.add(patron)
                room -= 1
                self._waiting.remove(message)
                yield message

    def _note(self, sent: list[Sent]) -> None:
        now, pause = self._clock(), max((one.outcome.pause for one in sent), default=NO_PAUSE)
        if pause:
            GatewayPause.objects.create(until=now + pause)  # others that send hear of it when they begin
        if any(one.outcome.is_away for one in sent):
            self._away_until = max(self._away_until, now + max(pause, FIRST_PAUSE))
        self._done(record(sent, now))


@contextmanager
def gateway(clock: Callable[[], datetime], should_stop: Callable[[], bool], done: Done) -> Iterator[Gateway]:
    """The gateway during one run. It is waited for what is under way when the run ends."""
    with ThreadPoolExecutor(settings.NOTICES_GATEWAY_AT_ONCE, "notices") as threads:
        yield Gateway(threads, clock, should_stop, done)
