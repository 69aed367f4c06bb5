"""The circuit breaker, on a clock that the test moves."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from lending.overload.circuit_breaker import CircuitBreaker, CircuitBreakerRules, CircuitOpen, State

RULES = CircuitBreakerRules(slow=0.61, share=0.5, minimum=4, window=10, held=2, rest=5)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Calls:
    """A breaker, and the calls made through it."""

    def __init__(self, rules: CircuitBreakerRules = RULES) -> None:
        self.clock = Clock()
        self.changes: Counter[State] = Counter()
        self.breaker = CircuitBreaker(rules, self.clock, (OSError,), lambda state: self.changes.update([state]))

    def call(self, seconds: float = 0.01, error: BaseException | None = None) -> None:
        """One call that takes so long and ends so."""
        with self.breaker.observing():
            self.clock.now += seconds
            if error:
                raise error

    def fail(self, times: int = 1, gap: float = 0.0) -> None:
        """Calls that fail, one after the other; those that are not let through count as well."""
        for _ in range(times):
            with suppress(OSError, CircuitOpen):
                self.call(error=OSError("away"))
            self.clock.now += gap

    def opened(self) -> "Calls":
        """Failing until it opens."""
        for _ in range(9):
            if self.breaker.state == State.CLOSED:
                self.fail(gap=0.5)
        assert self.breaker.state == State.OPEN
        return self

    def half_opened(self) -> "Calls":
        """Open, and rested."""
        self.opened()
        self.clock.now += RULES.rest
        return self


@contextmanager
def refused() -> Iterator[None]:
    """Nothing is called."""
    with pytest.raises(CircuitOpen):
        yield


def test_it_lets_calls_through_and_what_they_raise() -> None:
    calls = Calls()
    calls.call()
    with pytest.raises(OSError, match="away"):
        calls.call(error=OSError("away"))
    assert calls.breaker.state == State.CLOSED


def test_it_opens_when_enough_calls_fail_for_long_enough() -> None:
    calls = Calls().opened()
    with refused():
        calls.call()
    assert calls.changes == {State.OPEN: 1}


def test_a_short_burst_of_failures_opens_nothing() -> None:
    calls = Calls()
    calls.fail(50)
    assert calls.breaker.state == State.CLOSED


def test_few_failures_open_nothing() -> None:
    calls = Calls()
    calls.fail(3, gap=3)
    assert calls.breaker.state == State.CLOSED


def test_failures_older_than_the_window_are_forgotten() -> None:
    calls = Calls()
    calls.fail(10, gap=4)
    assert calls.breaker.state == State.CLOSED


def test_it_opens_at_the_share_and_not_below() -> None:
    for bad, state in ((2, State.OPEN), (1, State.CLOSED)):
        calls = Calls()
        for turn in range(24):
            with suppress(CircuitOpen):
                calls.fail() if turn % 4 < bad else calls.call()
            calls.clock.now += 0.2
        assert calls.breaker.state == state


def test_good_calls_between_begin_the_time_anew() -> None:
    calls = Calls()
    calls.fail(4)
    calls.clock.now += 1.5
    for _ in range(5):
        calls.call()
    calls.fail(3)
    calls.clock.now += 1.5
    calls.fail()
    assert calls.breaker.state == State.CLOSED
    calls.clock.now += 2
    calls.fail()
    assert calls.breaker.state == State.OPEN


def test_slow_answers_open_it_too() -> None:
    calls = Calls()
    for _ in range(9):
        calls.call(seconds=0.6)
    assert calls.breaker.state == State.CLOSED
    for _ in range(13):
        with suppress(CircuitOpen):
            calls.call(seconds=0.62)
    assert calls.breaker.state == State.OPEN


def test_an_exception_that_is_no_fault_is_an_answer() -> None:
    calls = Calls()
    for _ in range(20):
        with pytest.raises(LookupError):
            calls.call(seconds=0.2, error=LookupError())
    assert calls.breaker.state == State.CLOSED


def test_an_interrupted_probe_is_no_good_sign() -> None:
    calls = Calls().half_opened()
    with pytest.raises(KeyboardInterrupt):
        calls.call(error=KeyboardInterrupt())
    assert calls.breaker.state == State.OPEN


def test_after_the_rest_one_good_call_closes_it() -> None:
    calls = Calls().half_opened()
    calls.call()
    assert calls.breaker.state == State.CLOSED
    assert calls.changes == {State.OPEN: 1, State.HALF_OPEN: 1, State.CLOSED: 1}


def test_after_the_rest_one_bad_call_opens_it_again() -> None:
    for seconds, error in ((0.01, OSError("away")), (0.7, None)):
        calls = Calls().half_opened()
        with suppress(OSError):
            calls.call(seconds, error)
        with refused():
            calls.call()
        assert calls.changes[State.OPEN] == 2


def test_closed_again_it_has_forgotten_what_was_bad() -> None:
    calls = Calls().half_opened()
    calls.call()
    calls.clock.now += 0.1
    calls.fail(3)
    assert calls.breaker.state == State.CLOSED


def test_a_call_that_began_earlier_does_not_speak_for_the_probe() -> None:
    calls = Calls()
    early = calls.breaker.observing()
    early.__enter__()
    calls.half_opened()
    with calls.breaker.observing():
        with refused():
            calls.call()
        with suppress(OSError):
            early.__exit__(OSError, OSError("away"), None)
        assert calls.breaker.state == State.HALF_OPEN
    assert calls.breaker.state == State.CLOSED


def test_a_probe_that_does_not_come_back_is_given_up() -> None:
    calls = Calls().half_opened()
    with calls.breaker.observing():
        calls.clock.now += RULES.rest
        calls.call()
        assert calls.breaker.state == State.CLOSED
    assert calls.breaker.state == State.CLOSED


def test_every_change_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    calls = Calls().half_opened()
    calls.call()
    words = [record.getMessage().partition(",")[0] for record in caplog.records]
    assert words == ["the circuit breaker is open", "the circuit breaker is half-open", "the circuit breaker is closed"]


def test_calls_run_beside_each_other() -> None:
    calls, together = Calls(), threading.Barrier(8, timeout=10)

    def wait_for_all() -> None:
        with calls.breaker.observing():
            together.wait()

    with ThreadPoolExecutor(8) as pool:
        for one in [pool.submit(wait_for_all) for _ in range(8)]:
            one.result()


def test_of_many_threads_one_tries_it_out() -> None:
    calls, start, tried = Calls().half_opened(), threading.Barrier(16, timeout=10), threading.Barrier(16, timeout=10)

    def try_it() -> bool:
        start.wait()
        try:
            with calls.breaker.observing():
                tried.wait()
                return True
        except CircuitOpen:
            tried.wait()
            return False

    with ThreadPoolExecutor(16) as pool:
        let_through = [one.result() for one in [pool.submit(try_it) for _ in range(16)]]
    assert let_through.count(True) == 1
    assert calls.breaker.state == State.CLOSED


class AnyHistory(RuleBasedStateMachine):
    """Calls begin and end in any order, at any time, well or badly."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.changes: Counter[State] = Counter()
        self.breaker = CircuitBreaker(RULES, self.clock, (OSError,), lambda state: self.changes.update([state]))
        self.running: list[tuple[object, State]] = []
        self.ended = 0

    @rule(seconds=st.sampled_from([0.0, 0.3, 0.7, 2.0, 5.0, 11.0]))
    def time_passes(self, seconds: float) -> None:
        """The clock goes on."""
        self.clock.now += seconds

    @rule()
    def begin(self) -> None:
        """A call begins, if it may. One that may not is refused only within the rest."""
        call = self.breaker.observing()
        try:
            call.__enter__()
        except CircuitOpen:
            assert self.breaker.state != State.CLOSED
            assert self.clock.now - self.breaker._since < RULES.rest
        else:
            assert self.breaker.state != State.OPEN
            self.running.append((call, self.breaker.state))

    @precondition(lambda self: self.running)
    @rule(data=st.data(), fails=st.booleans())
    def end(self, data: st.DataObject, fails: bool) -> None:
        """One of those that run ends."""
        call, _ = self.running.pop(data.draw(st.integers(0, len(self.running) - 1)))
        error = OSError("away")
        with suppress(OSError):
            call.__exit__(OSError if fails else None, error if fails else None, None)
        self.ended += 1

    @invariant()
    def it_opens_for_cause_only(self) -> None:
        """Each opening needs its minimum of calls, or a probe; what it counts is what it keeps."""
        changes = self.changes
        from_closed = changes[State.CLOSED] + (self.breaker.state != State.CLOSED)
        assert changes[State.OPEN] >= from_closed
        assert self.ended >= RULES.minimum * from_closed
        assert self.breaker._bad == sum(bad for _, bad in self.breaker._notes) <= len(self.breaker._notes)

    @invariant()
    def only_the_closed_breaker_keeps_notes(self) -> None:
        """The other states begin afresh."""
        assert self.breaker.state == State.CLOSED or not self.breaker._notes


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(max_examples=60, stateful_step_count=40)
