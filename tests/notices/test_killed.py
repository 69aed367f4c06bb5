"""Who sends notices is killed: whoever goes on sends the rest, and nothing twice."""

import subprocess
import sys
import threading
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from kernel.outgoing.signing import new_secret
from library.settings import BASE_DIR
from notices.models import Cause, LoanRow, Notice
from tests.factories import seoul
from tests.people import a_patron
from tests.processes import environment
from tests.webhooks.receiver import receiving

SECRET, MANY, ANSWERED, AT_ONCE = new_secret(), 7, 2, 2
DUE = {"title": "토지", "outstanding": 1, "due_on": date(2026, 3, 16), "version": 1}


@pytest.mark.django_db(transaction=True)
def test_killed_while_a_message_is_under_way_it_goes_on_and_sends_nothing_twice(settings: Any) -> None:
    with time_machine.travel(seoul(3, 17), tick=False), receiving() as gateway:
        for number in range(1, MANY + 1):
            patron = a_patron(f"P-{number}", f"Patron {number}").id
            LoanRow.objects.create(loan_id=number, patron_id=patron, changed_at=timezone.now(), **DUE)
        User.objects.update(phone="010-1234-5678", notices_by_message=True)
        is_there, may_answer = threading.Event(), threading.Event()

        def answer() -> int:
            if len(gateway.taken) > ANSWERED:
                if len(gateway.taken) == ANSWERED + AT_ONCE:
                    is_there.set()
                may_answer.wait(30)
            return 204

        gateway.answers = answer
        there = {"NOTICES_GATEWAY_URL": gateway.url, "NOTICES_GATEWAY_SECRET": SECRET}
        there["NOTICES_GATEWAY_AT_ONCE"] = str(AT_ONCE)
        said = environment(DEBUG="1", CLOCK=seoul(3, 17).isoformat(), **there)
        child = subprocess.Popen([sys.executable, "manage.py", "send_notices"], cwd=BASE_DIR, env=said)
        came = is_there.wait(60)
        child.kill()
        child.wait()
        may_answer.set()
        assert came

        settings.NOTICES_GATEWAY_URL, settings.NOTICES_GATEWAY_SECRET, settings.DEBUG = gateway.url, SECRET, True
        call_command("send_notices")
        under_way = gateway.ids[ANSWERED:]
        assert len(under_way) == AT_ONCE, "what the dead one had claimed is left alone for a while"
        with time_machine.travel(seoul(3, 17, 10, 10), tick=False):
            call_command("send_notices")
            call_command("send_notices")

    assert len({*gateway.ids}) == MANY
    again = {one for one in gateway.ids if gateway.ids.count(one) > 1}
    assert {*under_way} <= again <= {*gateway.ids[: ANSWERED + AT_ONCE]}, "its gateway knows the ids"
    assert len(gateway.ids) == MANY + len(again)
    assert set(Notice.objects.values_list("status", flat=True)) == {"sent"}
    assert Cause.objects.count() == Notice.objects.count() == MANY
