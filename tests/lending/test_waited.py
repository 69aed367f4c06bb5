"""What calls waited to be done together counts for the circuit breaker."""

from contextlib import suppress

from lending.overload.circuit_breaker import CircuitOpen, State
from tests.lending.test_circuit_breaker import Calls


def test_what_each_of_several_waited_before_counts_as_part_of_it() -> None:
    for long, state in ((0.5, State.CLOSED), (0.7, State.OPEN)):
        calls = Calls()
        for _ in range(90):
            with suppress(CircuitOpen), calls.breaker.observing([long, long, 0.0]):
                calls.clock.now += 0.1
        assert calls.breaker.state == state
