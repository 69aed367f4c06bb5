"""Notices as messages to telephones, by way of a gateway."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.utils import timezone

from kernel.outgoing.signing import new_secret
from notices.models import Notice
from notices.services import send_again
from notices.writing.lengths import as_sent, cut, length
from tests.factories import Town, seoul
from tests.notices.post import JO, Post, announced, statuses
from tests.webhooks.receiver import Receiver, receiving, verified

SECRET = new_secret()


@pytest.fixture
def gateway(settings: Any) -> Iterator[Receiver]:
    """Whoever sends messages for the library."""
    with receiving() as receiver:
        settings.NOTICES_GATEWAY_URL, settings.NOTICES_GATEWAY_SECRET, settings.DEBUG = receiver.url, SECRET, True
        yield receiver


@pytest.fixture
def post(post: Post) -> Post:
    """Both have telephones, and 김하늘 wants messages."""
    post.haneul.patch("me", {"phone": "010-1234-5678", "notices": {"message": True}})
    post.jo.patch("me", {"phone": "010-8765-4321"})
    return post


def test_who_wants_messages_gets_a_signed_one_and_no_mail(town: Town, post: Post, gateway: Receiver) -> None:
    for title in ("난장이가 쏘아올린 작은 공과 그 뒤의 이야기들", "토지"):
        town.lend(town.haneul, town.book(title=title))
        town.lend(town.jo, town.book(title=title))
    town.moves_to(seoul(3, 17))
    post.of_the_day()
    ((headers, body),) = gateway.taken
    assert verified(headers, body, SECRET)
    (message,) = gateway.messages
    assert message.keys() == {"id", "to", "type", "title", "text", "kind", "language"}
    assert (message["to"], message["language"], message["kind"]) == ("010-1234-5678", "ko", "overdue")
    assert message["text"] == (
        "[도서관] 김하늘님, 난장이가 쏘아올린 작은 공과.. 외 1권 연체(2026. 3. 16.). 반납해 주세요."
    )
    assert message["type"] == ("short" if len(message["text"].encode("cp949")) <= 90 else "long")
    assert headers["webhook-id"] == message["id"]
    assert [to for to, _subject in post.subjects()] == [JO]


def test_what_is_overdue_goes_to_a_telephone_where_there_is_no_email(town: Town, post: Post, gateway: Receiver) -> None:
    post.jo.patch("me", {"email": ""})
    town.lend(town.jo, town.book(title="Emma"))
    for day in (13, 17):
        town.moves_to(seoul(3, day))
        post.of_the_day()
    assert [message["text"] for message in gateway.messages] == [
        "[Library] Jo March: Overdue: Emma, due on March 16, 2026. Please return."
    ]


@pytest.mark.parametrize(("answer", "tries", "status"), [(400, 1, "failed"), (503, 6, "failed"), (429, 6, "failed")])
def test_a_gateway_that_refuses_is_not_asked_again_and_one_that_is_ill_is(
    town: Town, post: Post, gateway: Receiver, answer: int, tries: int, status: str
) -> None:
    gateway.answers = answer
    town.lend(town.haneul, town.book())
    town.moves_to(seoul(3, 17))
    post.of_the_day()
    for _try in range(7):
        post.a_little_later(40)
    assert (len(gateway.taken), len({*gateway.ids})) == (tries, 1)
    assert (statuses(), announced()) == ([("overdue", status)], ["NoticeFailed"])


@pytest.mark.parametrize("answer", [429, 503])
def test_a_gateway_that_says_when_it_is_back_is_asked_then_and_by_nobody_before(
    town: Town, post: Post, gateway: Receiver, answer: int
) -> None:
    gateway.answers, gateway.headers = answer, {"Retry-After": "1800"}
    town.lend(town.haneul, town.book())
    town.moves_to(seoul(3, 17))
    post.of_the_day()
    assert len(gateway.taken) == 1
    post.turn_off()
    town.lend(town.haneul, town.book(title="Emma"))
    town.lend(town.jo, town.book(title="Emma"))
    for _try in range(5):
        post.a_little_later(5)
    assert len(gateway.taken) == 1
    assert [to for to, _subject in post.subjects()] == [JO]
    gateway.answers, gateway.headers = 204, {}
    post.a_little_later(6)
    assert (len(gateway.taken), len({*gateway.ids})) == (3, 2)
    assert {status for _kind, status in statuses()} == {"sent"}


def test_what_else_was_on_its_way_to_a_gateway_that_pauses_is_no_try(
    town: Town, post: Post, gateway: Receiver, settings: Any
) -> None:
    settings.NOTICES_GATEWAY_AT_ONCE = 1
    post.jo.patch("me", {"notices": {"message": True}})
    gateway.answers, gateway.headers = 503, {"Retry-After": "600"}
    for patron in (town.haneul, town.jo):
        town.lend(patron, town.book())
    town.moves_to(seoul(3, 17))
    post.of_the_day()
    assert sorted(Notice.objects.values_list("attempts", flat=True)) == [0, 1]
    assert {notice.retry_at >= timezone.now() + timedelta(minutes=9) for notice in Notice.objects.all()} == {True}


def dies_before(table: str) -> Any:
    """A process that ends when it would write there."""

    def execute(run: Any, sql: str, *rest: Any) -> Any:
        if sql.lstrip().startswith(("INSERT", "WITH")) and table in sql:
            raise SystemExit
        return run(sql, *rest)

    return connection.execute_wrapper(execute)


def test_a_message_that_its_worker_died_of_is_sent_again_under_its_id(
    town: Town, post: Post, gateway: Receiver
) -> None:
    town.lend(town.haneul, town.book())
    town.moves_to(seoul(3, 17))
    town.bus.settle()
    with pytest.raises(SystemExit), dies_before("eventbus_event"):
        call_command("send_notices")
    post.a_little_later()
    assert (len(gateway.taken), statuses()) == (1, [("", "sending")])
    post.a_little_later()
    post.a_little_later()
    assert (len(gateway.taken), len({*gateway.ids})) == (2, 1)
    assert (statuses(), announced()) == ([("overdue", "sent")], ["NoticeSent"])


def test_a_mail_that_its_worker_died_of_is_not_sent_again_by_itself(town: Town, post: Post) -> None:
    town.lend(town.jo, town.book())
    town.moves_to(seoul(3, 17))
    town.bus.settle()
    with pytest.raises(SystemExit), dies_before("eventbus_event"):
        call_command("send_notices")
    for _later in range(3):
        post.a_little_later()
    assert len(post.take()) == 1
    assert (statuses(), announced()) == ([("", "unclear")], ["NoticeFailed"])
    send_again(Notice.objects.get().pk, now=timezone.now())
    post.a_little_later()
    assert (len(post.take()), statuses()) == (1, [("overdue", "sent")])


def test_lengths_are_counted_as_telephone_networks_do() -> None:
    assert [length(text) for text in ("가나다", "abc", "“")] == [6, 3, 2]
    assert [as_sent(text) for text in ("Café – 金", "₩500", "😀")] == ["Cafe - 金", "￦500", "?"]
    assert cut("난장이가 쏘아올린 작은 공", 16) == "난장이가 쏘아.."
    assert cut("Emma", 4) == "Emma"


def test_a_gateway_without_a_secret_does_not_start(settings: Any) -> None:
    settings.NOTICES_GATEWAY_URL, settings.NOTICES_GATEWAY_SECRET = "https://sms.example.org/", ""
    with pytest.raises(SystemCheckError, match="NOTICES_GATEWAY_SECRET"):
        call_command("check")
