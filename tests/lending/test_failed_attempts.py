"""What was accepted for later and can't be done keeps its error, is tried again, and holds up nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from unittest.mock import Mock, patch

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from lending.deferral import tasks
from lending.deferral.tasks import decide_requested_loans
from lending.models import DeferredReturn, FailedAttempt, Loan
from tests.factories import Town
from tests.lending.overload import overloaded

BEYOND_RECKONING = datetime(9999, 12, 31, 23, tzinfo=UTC)
"""No clock of the library's has this moment."""


@contextmanager
def undecidable() -> Iterator[None]:
    """While something that nobody foresaw keeps loans from being decided."""
    fault = OverflowError("too large")
    deciding = {"decide_loan": Mock(side_effect=fault), "decide_loans": Mock(side_effect=fault)}
    with patch.multiple(tasks, **deciding):
        yield


def test_a_loan_that_fails_keeps_its_error_and_is_tried_again_later(town: Town) -> None:
    loan = town.ask_for(town.haneul, town.book())

    with undecidable():
        assert decide_requested_loans() == 0
    failure = FailedAttempt.objects.get(loan=loan["id"])
    assert (failure.attempts, failure.reason[:10]) == (1, "OverflowEr")
    assert decide_requested_loans() == 0, "it rests"

    town.moves_to(timezone.now() + timedelta(seconds=10))
    assert decide_requested_loans() == 1
    assert Loan.objects.get(pk=loan["id"]).status == "active"
    assert not FailedAttempt.objects.exists()


def test_pauses_grow(town: Town) -> None:
    loan = town.ask_for(town.haneul, town.book())
    pauses = []
    for _attempt in range(4):
        with undecidable():
            decide_requested_loans()
        failure = FailedAttempt.objects.get(loan=loan["id"])
        pauses.append(failure.not_before - failure.failed_at)
        town.moves_to(failure.not_before + timedelta(seconds=1))
    assert pauses == sorted(pauses)
    assert pauses[3] > 3 * pauses[0]


def test_a_return_that_fails_holds_up_nobody_and_is_seen(town: Town) -> None:
    book = town.book(copies=2)
    loans = [town.lend(patron, book) for patron in (town.haneul, town.jo)]
    with overloaded():
        for patron, loan in zip((town.haneul, town.jo), loans, strict=True):
            assert patron.post(f"loans/{loan['id']}/return", {}).status_code == 202
    DeferredReturn.objects.filter(loan=loans[0]["id"]).update(asked_at=BEYOND_RECKONING)

    assert decide_requested_loans() == 1
    assert FailedAttempt.objects.get().deferred_return.loan_id == loans[0]["id"]
    assert Loan.objects.get(pk=loans[1]["id"]).status == "returned"
    with pytest.raises(CommandError):
        call_command("doctor")
