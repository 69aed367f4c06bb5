"""Who may make which call: every address of the API with every kind of account, beside one table."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.checks import registry as checks
from django.core.management import call_command
from django.db import transaction
from django.urls import URLPattern, get_resolver, include, path
from knox.models import AuthToken
from rest_framework.permissions import BasePermission
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from accounts.models import User
from kernel.eventbus.stream.api import EventReaders
from kernel.http.answers.caching import shared
from kernel.http.checks import faults_of, views_say_who_may
from kernel.http.permissions import Anyone, ByMethod, Nobody, SignedIn, by_method
from kernel.http.problems import nowhere
from tests.api.calls import ROLES, TABLE, Row
from tests.api.library_in_use import LibraryInUse, a_library_in_use
from tests.people import Person, a_librarian, a_patron

pytestmark = pytest.mark.django_db

OUTSIDE = {
    "favicon.ico", "admin/", "i18n/setlang/", "health/live", "health/ready", "health/started", "metrics", "",
}  # fmt: skip
"""What stands beside the API; last, the page for what leads nowhere. Who may see the pages of the admin is
tests/admin/test_who_may.py's, and who those of the patrons' site, tests/opac/test_pages.py's."""


def addresses(patterns: Any, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address below these patterns, and where it leads; the admin's as one, and none of the patrons' site."""
    for one in patterns:
        if getattr(one, "app_name", "") == "opac":
            continue
        route = before + str(one.pattern)
        if isinstance(one, URLPattern) or route == "admin/":
            yield route, one
        else:
            yield from addresses(one.url_patterns, route)


def views() -> list[tuple[str, Any]]:
    """Every address of the API, and its view."""
    found = addresses(get_resolver().url_patterns)
    api = [(route.removeprefix("api/v1/"), one.callback) for route, one in found if route.startswith("api/v1/")]
    assert ("", nowhere) in [(route, getattr(view, "__wrapped__", view)) for route, view in api]
    return [(route, view) for route, view in api if route]


def named_by(view: Any) -> list[type[BasePermission]]:
    """Whom a view names itself, in its class or where it is put into the table of addresses."""
    return list(view.initkwargs.get("permission_classes", vars(view.cls).get("permission_classes", [])))


def test_every_view_names_who_may_in_words_that_keep_programs_out() -> None:
    assert [route for route, view in views() if not named_by(view)] == []
    ours = (Anyone, SignedIn, ByMethod, EventReaders)
    assert [route for route, view in views() if not all(issubclass(one, ours) for one in named_by(view))] == []


def test_the_table_has_every_call_of_the_api() -> None:
    methods = ("get", "post", "put", "patch", "delete")
    calls = {(name.upper(), route) for route, view in views() for name in methods if hasattr(view.cls, name)}
    assert calls == {(row.method, row.route) for row in TABLE}


def test_nothing_else_is_served_beside_the_api() -> None:
    found = {route for route, _ in addresses(get_resolver().url_patterns) if not route.startswith("api/v1/")}
    assert found == OUTSIDE


class Unnamed(APIView):
    """A view whose author forgot to say who may."""

    def get(self, request: Any) -> Response:
        """Something that is nobody's business."""
        return Response("seen")


class HalfNamed(Unnamed):
    """A view that names who may read, and forgot who may write."""

    permission_classes = (by_method(GET=Anyone),)

    def post(self, request: Any) -> Response:
        """Something that nobody may do."""
        return Response("done")


def answer(view: type[APIView], method: str, user: Any = None) -> int:
    """How a view answers somebody."""
    request = APIRequestFactory().generic(method, "/")
    if user:
        force_authenticate(request, user)
    return int(view.as_view()(request).status_code)


def test_what_names_nobody_lets_nobody_in() -> None:
    superuser = User.objects.create_superuser("OP-1", name="Opal")
    assert Unnamed.permission_classes == [Nobody]
    assert [answer(Unnamed, "GET"), answer(Unnamed, "GET", superuser)] == [401, 403]
    assert [answer(HalfNamed, method) for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT")] == [200] * 3 + [401] * 2
    assert [answer(HalfNamed, method, superuser) for method in ("GET", "POST", "PUT")] == [200, 403, 405]


class Emptied(Unnamed):
    """A view whose author took everybody out."""

    permission_classes = ()


def test_what_names_an_empty_list_does_not_pass_the_checks() -> None:
    api = [
        path("ours/", include([path("emptied", Emptied.as_view()), path("half", HalfNamed.as_view())])),
        path("there", shared(HalfNamed.as_view(permission_classes=[]))),
        path("unnamed", Unnamed.as_view()),
    ]
    faults = faults_of(api)
    assert {fault.id for fault in faults} == {"http.E001"}
    assert [str(fault.msg).split()[3] for fault in faults] == ["ours/emptied", "there"]
    assert views_say_who_may in checks.registry.get_checks()
    assert views_say_who_may(None) == []


def with_token(user: User) -> Person:
    """Somebody who calls with a token."""
    caller = Person()
    caller.credentials(HTTP_AUTHORIZATION=f"Token {AuthToken.objects.create(user)[1]}")
    return caller


def everybody() -> dict[str, Person]:
    """One of each kind of caller."""
    call_command("make_listener", "marketing", stdout=(told := StringIO()))
    listener = Person()
    listener.credentials(HTTP_AUTHORIZATION=f"Token {told.getvalue().strip()}")
    return {
        "stranger": Person(),
        "patron": a_patron("P-7900"),
        "bare": a_librarian("L-7900", roles=()),
        **{role: a_librarian(f"L-{role}", roles=[role]) for role in ROLES},
        "listener": listener,
        "superuser": with_token(User.objects.create_superuser("OP-1", name="Opal")),
    }


def put_in(library: LibraryInUse, text: Any) -> Any:
    """The body with ids of what there is."""
    things = {"book": library.books[1], "patron": library.patron.id, "barcode": library.barcodes[0]}
    if isinstance(text, list):
        return [put_in(library, one) for one in text]
    return things.get(text.strip("{}"), text) if isinstance(text, str) else text


def is_refused(library: LibraryInUse, caller: Person, row: Row) -> bool:
    """Whether the caller is told that the call is not for him. Nothing stays changed."""
    kind = row.route.partition("/")[0]
    things = library.ids_of(kind)
    route = row.route.replace("<slug:code>", "disc")
    path = route.replace("<id:pk>", str(things[-1 if kind in {"books", "copies"} else 0]))
    body = {name: put_in(library, value) for name, value in row.body.items()} if row.body else None
    with transaction.atomic():
        status = getattr(caller, row.method.lower())(path, body).status_code
        transaction.set_rollback(True)
    assert status < 500, (row, status)
    return status in {401, 403, 404}


def test_each_call_is_for_those_in_the_table_and_for_nobody_else() -> None:
    library, callers = a_library_in_use(), everybody()
    for row in TABLE:
        let_in = {name for name, caller in callers.items() if not is_refused(library, caller, row)}
        assert let_in == (set(row.who.split()) if isinstance(row.who, str) else row.who), row


def test_a_listeners_token_reads_the_log_and_nothing_else_by_any_method() -> None:
    listener, methods = everybody()["listener"], ("get", "head", "options", "post", "put", "patch", "delete")
    allowed = {"auth/login", "events", "schema", "docs"}
    for address in {row.route.replace("<id:pk>", "1").replace("<slug:code>", "disc") for row in TABLE} - allowed:
        assert {getattr(listener, method)(address).status_code for method in methods} == {403}, address
    assert [listener.get("events").status_code, listener.post("events", {}).status_code] == [200, 405]
