"""Several messages are under way to the gateway at once."""

import threading
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from kernel.outgoing.signing import new_secret
from notices.models import Cause, LoanRow, Notice
from notices.sending import claims
from notices.services import send_what_is_due
from tests.factories import Town, seoul
from tests.notices.post import announced, statuses
from tests.people import a_patron
from tests.webhooks.receiver import Receiver, receiving

AT_ONCE, MANY, WAITS, PATIENCE = 3, 9, 10, 0.2
DUE: dict[str, Any] = {"outstanding": 1, "due_on": date(2026, 3, 16), "version": 1}


@pytest.fixture
def gateway(settings: Any) -> Iterator[Receiver]:
    """Whoever sends messages for the library."""
    settings.NOTICES_GATEWAY_SECRET, settings.NOTICES_GATEWAY_AT_ONCE, settings.DEBUG = new_secret(), AT_ONCE, True
    with receiving("HTTP/1.1") as receiver:
        settings.NOTICES_GATEWAY_URL = receiver.url
        yield receiver


@pytest.fixture
def many(town: Town) -> list[int]:
    """Patrons with a telephone, each of whom has something that is overdue."""
    town.moves_to(seoul(3, 17))
    patrons = [a_patron(f"M-{number}", f"Patron {number}").id for number in range(MANY)]
    User.objects.filter(pk__in=patrons).update(phone="010-1234-5678", notices_by_message=True)
    for number, patron in enumerate(patrons, 10_001):
        LoanRow.objects.create(
            loan_id=number, patron_id=patron, title=f"Book {number}", changed_at=timezone.now(), **DUE
        )
    return patrons


def test_so_many_are_under_way_at_once_and_no_more(many: list[int], gateway: Receiver) -> None:
    together, lock = threading.Barrier(AT_ONCE), threading.Lock()
    under_way, most = 0, 0

    def answer() -> int:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        together.wait(WAITS)
        with lock:
            under_way -= 1
        return 204

    gateway.answers = answer
    call_command("send_notices")
    assert (most, len(gateway.taken), len({*gateway.ids})) == (AT_ONCE, MANY, MANY)
    assert gateway.connections == AT_ONCE
    assert announced() == ["NoticeSent"] * MANY
    assert {status for _kind, status in statuses()} == {"sent"}


def test_what_is_left_of_one_claim_goes_out_beside_the_next(
    many: list[int], gateway: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "BATCH", AT_ONCE + 1)
    call_command("send_notices")
    assert {status for _kind, status in statuses()} == {"sent"}
    assert len(gateway.taken) == MANY


def test_what_one_patron_is_sent_keeps_its_order(many: list[int], gateway: Receiver) -> None:
    own, second, overtaken = [_receipt(many[0], number) for number in range(AT_ONCE)], threading.Event(), []

    def answer() -> int:
        if len(gateway.taken) == 1:
            overtaken.append(second.wait(PATIENCE))
        second.set()
        return 204

    gateway.answers = answer
    LoanRow.objects.all().delete()
    call_command("send_notices")
    assert gateway.ids == [f"notice-{pk}" for pk in own]
    assert overtaken == [False]


@pytest.mark.parametrize("answer", [429, 503])
def test_a_gateway_that_takes_no_more_is_left_alone_for_a_while(
    town: Town, many: list[int], gateway: Receiver, answer: int
) -> None:
    together = threading.Barrier(AT_ONCE)

    def take_no_more() -> int:
        together.wait(WAITS)
        return answer

    gateway.answers = take_no_more
    call_command("send_notices")
    assert len(gateway.taken) == AT_ONCE
    assert sorted(Notice.objects.values_list("attempts", flat=True)) == [0] * (MANY - AT_ONCE) + [1] * AT_ONCE
    gateway.answers = 204
    call_command("send_notices")
    assert len(gateway.taken) == AT_ONCE
    town.clock.shift(61)
    call_command("send_notices")
    assert len(gateway.taken) == AT_ONCE + MANY
    assert announced() == ["NoticeSent"] * MANY


def test_mails_go_out_while_the_gateway_is_away_and_messages_while_the_mail_server_is(
    town: Town, many: list[int], gateway: Receiver, settings: Any
) -> None:
    User.objects.filter(pk__in=many[::2]).update(notices_by_message=False, email="jo@example.org")
    settings.EMAIL_BACKEND = "tests.notices.refusing.Closed"
    call_command("send_notices")
    assert len(gateway.taken) == MANY // 2
    assert Notice.objects.filter(status="waiting", attempts=0).count() == MANY - MANY // 2


def test_a_long_run_ends_when_the_quiet_hours_begin(town: Town, many: list[int], gateway: Receiver) -> None:
    town.moves_to(seoul(3, 17, 20, 59))

    def answer() -> int:
        town.clock.shift(60)
        return 204

    gateway.answers = answer
    call_command("send_notices")
    assert 0 < len(gateway.taken) <= AT_ONCE
    gateway.answers = 204  # else the leases of those that wait for their turn would end meanwhile
    town.moves_to(seoul(3, 18, 8, 0))
    send_what_is_due(clock=timezone.now, should_stop=lambda: False, progress=lambda rows: None)
    assert len(gateway.taken) == len({*gateway.ids}) == MANY


def _receipt(patron: int, number: int) -> int:
    """The id of a notice that waits."""
    now = timezone.now() - timedelta(minutes=5)
    made: dict[str, Any] = {"day": now.date(), "is_digest": False, "made_at": now, "retry_at": now, "run": uuid.uuid4()}
    notice = Notice.objects.create(patron_id=patron, **made)
    Cause.objects.create(
        kind="receipt", about=f"receipt:{number}", patron_id=patron, thing_id=number, waits=False, due_at=now,
        facts={"done": "returned", "title": f"Book {number}"}, state="noticed", notice=notice,
    )  # fmt: skip
    return notice.pk
