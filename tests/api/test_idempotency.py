"""The same POST sent twice is done once and answered twice."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver, path
from django.utils import timezone
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

import library.urls
from accounts.api.signing_in import Login
from accounts.services import change_patron
from kernel.http.idempotency.views import idempotent
from kernel.http.permissions import SignedIn
from kernel.http.problems import PleaseWait
from lending.models import Loan
from tests.api.answers import done, refused
from tests.api.posts import KEY, POSTS, Once, a_suspended_patron, rows, some_holds
from tests.bus import Bus
from tests.people import Person, a_librarian, a_patron

pytestmark = pytest.mark.django_db


@pytest.fixture
def facts(book: int, haneul: Person, ada: Person) -> dict[str, Any]:
    """A loan of two copies, one that is requested, a fine, the barcode of a copy that is out, a closure and a block."""
    long_ago = timezone.localdate() - timedelta(days=30)
    late = done(ada.post("loans", {"patron": haneul.id, "book": book, "borrowed_on": str(long_ago)}), 201)
    done(ada.post("returns", {"barcode": late["copies"][0]["barcode"]}))
    loan = done(haneul.post("loans", {"book": book, "quantity": 2}), 201)
    other = done(ada.post("books", {"title": "Emma", "copies": 2}), 201)["id"]
    Bus().settle()
    renewed, back = (done(haneul.post("loans", {"book": other}), 201)["id"] for _ in range(2))
    done(haneul.post(f"loans/{renewed}/renew"))
    returned = done(haneul.post(f"loans/{back}/return"))["return_id"]
    asked = done(haneul.post("loans", {"book": book}, headers={"Prefer": "respond-async"}), 202)
    closed = {"from": loan["due_on"], "to": loan["due_on"], "reason": "snow"}
    closure = done(ada.post("closures", closed), 201)["id"]
    Bus().settle()
    holds = some_holds(haneul, ada)
    block = done(ada.post(f"patrons/{ada.id}/blocks", {"reason": "noise"}), 201)["id"]
    (fine,) = done(haneul.get("fines"))["results"]
    done(ada.post(f"fines/{fine['id']}/payments", {"amount": 100}), 201)
    payment = done(ada.post(f"patrons/{ada.id}/payments", {"amount": 100}), 201)["id"]
    barcode = loan["copies"][0]["barcode"]
    return {
        "book": book,
        "loan": loan["id"],
        "asked": asked["id"],
        "fine": fine["id"],
        "payment": payment,
        "barcode": barcode,
        "closure": closure,
        "patron": haneul.id,
        "payer": ada.id,
        "suspended": a_suspended_patron(ada),
        "nobody": a_patron("P-7556").id,
        "renewed": renewed,
        "copy": loan["copies"][1]["id"],
        "return": returned,
        "block": block,
        **holds,
    }


@pytest.fixture(params=POSTS)
def once(request: pytest.FixtureRequest, haneul: Person, ada: Person, facts: dict[str, Any]) -> Once:
    """Each POST of the API in turn."""
    return Once(request.param, haneul, ada, facts)


def post_views(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The API's addresses that take POST."""
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from post_views(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern) and address.startswith("api/v1/"):
            view = getattr(pattern.callback, "cls", None)
            if hasattr(view, "post"):
                yield address.removeprefix("api/v1/").replace("<id:pk>", "{}"), view


def test_every_post_of_the_api_is_idempotent_but_signing_in() -> None:
    views = dict(post_views(get_resolver().url_patterns))

    assert views.pop("auth/login") is Login
    assert all(hasattr(view.post, "is_idempotent") for view in views.values())
    spoken = {"/".join("{}" if part.startswith("{") else part for part in route.split("/")) for route in POSTS}
    assert views.keys() == spoken


def test_the_same_request_is_done_once_and_answered_twice(once: Once) -> None:
    first = once.send()
    assert first.status_code in {200, 201, 202, 204}
    assert "Idempotency-Replayed" not in first.headers
    other_device = Person(once.caller.user)  # signed in now, since a new password ends the tokens of before
    after_first = rows()

    again = other_device.post(once.path, once.body, headers=KEY)

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again["Idempotency-Replayed"] == "true"
    for header in ("Content-Type", "Location", "Retry-After"):
        assert again.headers.get(header) == first.headers.get(header)
    assert rows() == after_first


def test_another_body_under_the_same_key_is_refused(once: Once) -> None:
    once.send()
    other_device = Person(once.caller.user)
    after_first = rows()

    refused(other_device.post(once.path, once.other, headers=KEY), 422, "idempotency_key_reused")
    assert rows() == after_first


def test_another_address_under_the_same_key_is_refused(haneul: Person, ada: Person, facts: dict[str, Any]) -> None:
    done(haneul.post(f"loans/{facts['loan']}/renew", headers=KEY))

    refused(haneul.post(f"loans/{facts['asked']}/renew", headers=KEY), 422, "idempotency_key_reused")


def test_another_callers_key_is_another_key(book: int, haneul: Person, jiwoo: Person) -> None:
    mine = done(haneul.post("loans", {"book": book}, headers=KEY), 201)
    hers = done(jiwoo.post("loans", {"book": book}, headers=KEY), 201)

    assert (mine["patron"], hers["patron"]) == (haneul.id, jiwoo.id)


def test_refusals_and_bad_input_are_kept(book: int, haneul: Person, ada: Person) -> None:
    wanted = {"book": book, "quantity": 4}
    first = haneul.post("loans", wanted, headers=KEY)
    refused(first, 409, "out_of_stock")
    done(ada.post(f"books/{book}/copies", {"count": 5}), 201)
    Bus().settle()
    again = haneul.post("loans", wanted, headers=KEY)
    refused(again, 409, "out_of_stock")
    assert (again["Idempotency-Replayed"], again.content) == ("true", first.content)
    for _time in range(2):
        answer = haneul.post("loans", {"book": "x"}, headers={"Idempotency-Key": "bad"})
        refused(answer, 400, "invalid", "book")
    assert answer["Idempotency-Replayed"] == "true"


def test_what_is_only_not_there_yet_is_asked_for_again(haneul: Person, ada: Person) -> None:
    book = done(ada.post("books", {"title": "Emma", "copies": 1}), 201)["id"]
    refused(haneul.post("loans", {"book": book}, headers=KEY), 404, "not_found")  # lending has not heard of it
    Bus().settle()

    answers = [haneul.post("loans", {"book": book}, headers=KEY) for _time in range(2)]
    assert done(answers[0], 201) == done(answers[1], 201)
    assert ["Idempotency-Replayed" in answer for answer in answers] == [False, True]


def test_what_is_not_the_callers_to_do_is_not_final(book: int, haneul: Person) -> None:
    clerk = a_librarian("L-7002", roles=())
    body = {"book": book, "patron": haneul.id}
    refused(clerk.post("loans", body, headers=KEY), 403, "permission_denied")
    change_patron(clerk.id, roles=["desk"], now=timezone.now())

    assert done(clerk.post("loans", body, headers=KEY), 201)["patron"] == haneul.id


def test_an_answer_is_forgotten_after_a_day(book: int, haneul: Person) -> None:
    done(haneul.post("loans", {"book": book}, headers=KEY), 201)

    with time_machine.travel(timezone.now() + timedelta(hours=23, minutes=59)):
        haneul.sign_in()
        assert haneul.post("loans", {"book": book}, headers=KEY)["Idempotency-Replayed"] == "true"
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1)):
        haneul.sign_in()
        later = haneul.post("loans", {"book": book, "quantity": 2}, headers=KEY)
        assert done(later, 201)["quantity"] == 2
        assert "Idempotency-Replayed" not in later.headers


@pytest.mark.parametrize("key", ["", " ", "two words", "k" * 256, "é", "열쇠".encode().decode("latin-1"), "tab\tkey"])
def test_a_key_that_is_none(book: int, haneul: Person, key: str) -> None:
    answer = haneul.post("loans", {"book": book}, headers={"Idempotency-Key": key})

    refused(answer, 400, "invalid", "Idempotency-Key")
    assert not Loan.objects.exists()


def test_the_longest_key_is_a_key(book: int, haneul: Person) -> None:
    for _time in range(2):
        answer = haneul.post("loans", {"book": book}, headers={"Idempotency-Key": "~" * 255})
        done(answer, 201)
    assert answer["Idempotency-Replayed"] == "true"


class Hiccup(APIView):
    """Fails the first time, in the way that it is told to, and answers the second time."""

    permission_classes = (SignedIn,)
    failures: list[Callable[[], Exception]] = []

    @idempotent
    def post(self, request: Request) -> Response:
        """Fails, or answers."""
        if self.failures:
            raise self.failures.pop()()
        return Response({"answer": "at last"})


class Meeting(APIView):
    """Somebody else does something while it answers."""

    permission_classes = (SignedIn,)
    meanwhile: list[Callable[[], None]] = []

    @idempotent
    def post(self, request: Request) -> Response:
        """Waits for the other, and answers."""
        if self.meanwhile:
            self.meanwhile.pop()()
        return Response({"answer": "done"})


urlpatterns = [
    path("api/v1/hiccup", Hiccup.as_view()),
    path("api/v1/meeting", Meeting.as_view()),
    *library.urls.urlpatterns,
]
handler500 = library.urls.handler500


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("failure", "status"), [(ZeroDivisionError, 500), (Throttled, 429), (PleaseWait, 503)])
def test_failures_of_ours_are_not_kept(haneul: Person, failure: Callable[[], Exception], status: int) -> None:
    Hiccup.failures.append(failure)
    haneul.raise_request_exception = False

    assert haneul.post("hiccup", headers=KEY).status_code == status
    second = haneul.post("hiccup", headers=KEY)
    assert done(second) == {"answer": "at last"}
    assert "Idempotency-Replayed" not in second.headers


@pytest.mark.urls(__name__)
def test_a_first_one_that_still_runs_is_waited_for(haneul: Person) -> None:
    def send_again() -> None:
        answer = Person(haneul.user).post("meeting", headers=KEY)
        refused(answer, 409, "request_in_progress")
        assert int(answer["Retry-After"]) > 0

    Meeting.meanwhile.append(send_again)
    assert done(haneul.post("meeting", headers=KEY)) == {"answer": "done"}
    assert not Meeting.meanwhile
    assert haneul.post("meeting", headers=KEY)["Idempotency-Replayed"] == "true"


@pytest.mark.django_db(transaction=True)
def test_many_of_the_same_at_the_same_moment_are_done_once() -> None:
    haneul, ada = a_patron(), a_librarian()
    book = done(ada.post("books", {"title": "Emma", "copies": 9}), 201)["id"]
    Bus().settle()
    together, answers = threading.Barrier(6), []

    def press_the_button() -> None:
        together.wait()
        answers.append(haneul.post("loans", {"book": book}, headers=KEY))
        connection.close()

    presses = [threading.Thread(target=press_the_button) for _number in range(6)]
    for press in presses:
        press.start()
    for press in presses:
        press.join()

    assert Loan.objects.count() == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    lent = [answer for answer in answers if answer.status_code == 201]
    assert [answer.headers.get("Idempotency-Replayed") for answer in lent].count(None) == 1
    for answer in answers:
        if answer.status_code == 409:
            refused(answer, 409, "request_in_progress")
            assert int(answer["Retry-After"]) > 0
