"""What is posted to the gateway goes over connections that are kept, whatever the gateway does with them."""

import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from kernel.outgoing import persistent, posting
from kernel.outgoing.persistent import PersistentConnections
from tests.webhooks.receiver import Receiver, receiving


@pytest.fixture(autouse=True)
def to_this_machine(settings: Any) -> None:
    """Where messages may go in development only."""
    settings.DEBUG = True


@pytest.fixture
def keeping() -> Iterator[Receiver]:
    """It keeps connections."""
    with receiving("HTTP/1.1") as receiver:
        yield receiver


@pytest.fixture
def connections(keeping: Receiver) -> Iterator[PersistentConnections]:
    """To that one."""
    with closing(PersistentConnections(keeping.url)) as connections:
        yield connections


def ids_of(connections: PersistentConnections, *ids: str) -> list[int | None]:
    """Posts one after the other; the statuses."""
    return [connections.post(b"{}", {"webhook-id": one}).status for one in ids]


def test_one_connection_is_enough_for_what_is_posted_one_after_the_other(
    keeping: Receiver, connections: PersistentConnections
) -> None:
    assert ids_of(connections, "a", "b", "c") == [204] * 3
    assert (keeping.ids, keeping.connections) == (["a", "b", "c"], 1)
    ((first, _), *_others) = keeping.taken
    assert first["host"] == f"127.0.0.1:{keeping.port}"


def test_what_is_posted_at_the_same_moment_has_a_connection_each(
    keeping: Receiver, connections: PersistentConnections
) -> None:
    both = threading.Barrier(2, timeout=10)

    def answered_together() -> int:
        both.wait()
        return 204

    keeping.answers = answered_together
    for _time in range(2):
        threads = [threading.Thread(target=ids_of, args=[connections, one]) for one in "ab"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(keeping.ids) == ["a", "a", "b", "b"]
    assert keeping.connections == 2


def test_an_answer_with_words_is_followed_by_the_next_and_one_that_is_too_long_is_the_last(
    keeping: Receiver, connections: PersistentConnections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(persistent, "LARGEST", 10)
    for body, made in ((b"1234567890", 1), (b"12345678901", 2)):
        keeping.answers, keeping.body = 200, body
        keeping.headers = {"Content-Length": str(len(body))}
        assert ids_of(connections, "a", "b") == [200] * 2
        assert keeping.connections == made


def test_an_answer_that_does_not_end_counts_and_is_the_last_of_its_connection(
    keeping: Receiver, connections: PersistentConnections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(persistent, "READ_FOR", 0.3)
    keeping.answers, keeping.body, keeping.headers = 200, b"1", {"Content-Length": "2"}
    assert ids_of(connections, "a") == [200]
    keeping.body = b"12"
    assert ids_of(connections, "b", "c") == [200] * 2
    assert keeping.connections == 2


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [(103, {}, b""), (200, {"Transfer-Encoding": "chunked"}, b"zz\r\n"), (200, {"Content-Length": "9" * 6}, b"")],
    ids=["is not the final one", "breaks off", "is too long"],
)
def test_an_answer_after_which_nobody_knows_where_the_next_begins_is_the_last_of_its_connection(
    keeping: Receiver, connections: PersistentConnections, status: int, headers: dict[str, str], body: bytes
) -> None:
    keeping.answers, keeping.headers, keeping.body = status, headers, body
    assert ids_of(connections, "a") == [status]
    assert not connections._free


def test_what_is_read_behind_the_head_has_no_say_in_how_long_the_answer_took(
    connections: PersistentConnections, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = list[str]()

    def answer_of(exchange: Any) -> posting.Answer:
        answer = posting.answer_of(exchange)
        done.append("timed")
        return answer

    monkeypatch.setattr(persistent, "answer_of", answer_of)
    monkeypatch.setattr(persistent, "_may_follow", lambda *_response: done.append("read"))
    ids_of(connections, "a")
    assert done == ["timed", "read"]


def test_a_connection_that_was_closed_meanwhile_is_made_anew(
    keeping: Receiver, connections: PersistentConnections
) -> None:
    assert ids_of(connections, "a") == [204]
    (kept,) = connections._free
    kept.connection.sock.shutdown(1)  # the receiver sees the end, and closes
    kept.connection.sock.recv(1)
    assert ids_of(connections, "b") == [204]
    assert (keeping.ids, keeping.connections) == (["a", "b"], 2)


def test_what_is_hung_up_on_over_a_kept_connection_is_sent_once_more(
    keeping: Receiver, connections: PersistentConnections
) -> None:
    assert ids_of(connections, "a") == [204]
    answers = iter([0, 204])
    keeping.answers = lambda: next(answers)
    assert ids_of(connections, "b") == [204]
    assert (keeping.ids, keeping.connections) == (["a", "b", "b"], 2)


def test_what_is_hung_up_on_over_a_new_connection_is_not_sent_again(
    keeping: Receiver, connections: PersistentConnections
) -> None:
    keeping.answers = 0
    answer = connections.post(b"{}", {"webhook-id": "a"})
    assert (answer.status, answer.error.partition(":")[0]) == (None, "RemoteDisconnected")
    assert keeping.ids == ["a"]


def test_after_a_while_the_name_is_looked_up_again(
    keeping: Receiver, connections: PersistentConnections, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(persistent, "KEPT_FOR", 0)
    assert ids_of(connections, "a", "b") == [204] * 2
    assert keeping.connections == 2
    settings.DEBUG = False
    answer = connections.post(b"{}", {"webhook-id": "c"})
    assert (answer.status, answer.error.partition(":")[0]) == (None, "AddressRefused")


def test_those_that_are_too_old_can_be_closed(
    keeping: Receiver, connections: PersistentConnections, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids_of(connections, "a")
    (kept,) = connections._free
    assert connections.close_old()
    assert ids_of(connections, "b") == [204]
    assert keeping.connections == 1
    connections._free[0] = kept._replace(until=0)
    assert not connections.close_old()
    assert kept.connection.sock is None


def test_a_receiver_that_keeps_none_is_posted_to_all_the_same() -> None:
    with receiving() as receiver, closing(PersistentConnections(receiver.url)) as connections:
        assert ids_of(connections, "a", "b") == [204] * 2
        assert (receiver.ids, receiver.connections) == (["a", "b"], 2)


def test_when_all_is_posted_none_is_left_open(keeping: Receiver, connections: PersistentConnections) -> None:
    ids_of(connections, "a")
    (kept,) = connections._free
    connections.close()
    assert kept.connection.sock is None
    assert connections._free == []
