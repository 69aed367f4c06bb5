"""Errors are problem documents, also those that Django makes; sentences follow the language, codes never do."""

import re
from typing import Any

import pytest
from django.db import OperationalError
from django.http import HttpRequest
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

import library.urls
from kernel.http.permissions import Anyone
from tests.api.answers import done, refused
from tests.people import Person

pytestmark = pytest.mark.django_db

handler400, handler404, handler500 = library.urls.handler400, library.urls.handler404, library.urls.handler500


class FullDisk(APIView):
    """What a view meets when the database can't write."""

    permission_classes = (Anyone,)

    def get(self, request: Request) -> Response:
        """Meets it."""
        raise OperationalError("could not extend file: No space left on device")


def broken(request: HttpRequest) -> Any:
    """A view with a mistake in it."""
    raise ZeroDivisionError


urlpatterns = [path("api/v1/full", FullDisk.as_view()), path("api/v1/broken", broken), *library.urls.urlpatterns]


@pytest.mark.parametrize("address", ["/api/v1/nothing", "/api/v1/", "/api/v1/books/", "/nothing", "/api/v2/books"])
@pytest.mark.parametrize("debug", [False, True])
def test_an_address_that_leads_nowhere(nobody: Person, settings: Any, address: str, debug: bool) -> None:
    settings.DEBUG = debug and address.startswith("/api/v1/")

    refused(nobody.get(address), 404, "not_found")


def test_any_call_to_nowhere_is_404(nobody: Person) -> None:
    nobody.handler.enforce_csrf_checks = True

    for call in (nobody.post, nobody.put, nobody.patch, nobody.delete):
        refused(call("nothing", {}), 404, "not_found")


def test_a_method_that_is_not_possible_names_those_that_are(ada: Person) -> None:
    answer = ada.put("books", {})

    refused(answer, 405, "method_not_allowed")
    assert answer["Allow"] == "GET, POST, HEAD, OPTIONS"
    refused(ada.delete("me"), 405, "method_not_allowed")


def test_a_host_that_is_not_served_here(nobody: Person) -> None:
    refused(nobody.get("me", SERVER_NAME="evil.example"), 400, "invalid", "")


@pytest.mark.urls(__name__)
def test_a_mistake_of_ours_is_a_problem_document(nobody: Person) -> None:
    nobody.raise_request_exception = False

    refused(nobody.get("broken"), 500, "server_error")


@pytest.mark.urls(__name__)
def test_a_database_that_can_not_do_it_asks_to_wait(nobody: Person) -> None:
    answer = nobody.get("full")

    refused(answer, 503, "please_wait")
    assert int(answer["Retry-After"]) > 0


def test_the_language_changes_sentences_and_never_codes(book: int, haneul: Person) -> None:
    told = {}
    for language in ("en", "ko", "ko-KR,ko;q=0.9,en;q=0.8", "en-GB", "fr", "*"):
        answer = haneul.post("loans", {"book": book, "quantity": 9}, headers={"Accept-Language": language})
        told[language] = refused(answer, 409, "out_of_stock")["detail"]
    assert told["ko"] == told["ko-KR,ko;q=0.9,en;q=0.8"]
    assert told["en"] == told["en-GB"] == told["fr"] == told["*"]
    assert told["en"].isascii()
    assert not told["ko"].isascii()


def test_korean_sentences_are_korean(book: int, haneul: Person) -> None:
    korean = {"Accept-Language": "ko"}

    for answer in (
        haneul.post("loans", {"book": book, "quantity": 9}, headers=korean),
        haneul.post("loans", {"book": book, "quantity": 0}, headers=korean),
        haneul.get("nothing", headers=korean),
    ):
        detail = answer.json()["detail"]
        assert any("가" <= character <= "힣" for character in detail), detail
    assert done(haneul.get("me"))


def test_a_limit_is_told_in_the_language_of_whoever_meets_it(haneul: Person) -> None:
    def said(language: str) -> str:
        answer = haneul.post("loans", {"book": 1, "quantity": -1}, headers={"accept-language": language})
        return str(refused(answer, 400, "invalid", "quantity")["errors"][0]["message"])

    korean = said("ko")
    assert re.search("[가-힣]", korean)
    assert not re.search("[가-힣]", said("en"))
    assert said("ko") == korean
