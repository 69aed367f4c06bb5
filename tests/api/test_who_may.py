"""Who may make which call: every address of the API with every kind of account, beside one table."""

from collections.abc import Iterator
from io import StringIO
from typing import Any, NamedTuple

import pytest
from django.core.management import call_command
from django.db import transaction
from django.urls import URLPattern, get_resolver
from knox.models import AuthToken
from rest_framework.permissions import BasePermission

from accounts.models import User
from kernel.eventbus.stream.api import EventReaders
from kernel.http.permissions import Anyone, ByMethod, SignedIn
from kernel.http.problems import nowhere
from tests.api.library_in_use import LibraryInUse, a_library_in_use
from tests.people import PASSWORD, Person, a_librarian, a_patron

pytestmark = pytest.mark.django_db

ROLES = ("desk", "cataloguer", "cashier", "administrator", "operator")
SIGNED_IN = f"patron bare {' '.join(ROLES)} superuser"
EVERYBODY = f"stranger {SIGNED_IN}"
ADMINISTRATOR = {"administrator", "superuser"}
DESK, CATALOGUER, CASHIER = ({role, "administrator", "superuser"} for role in ("desk", "cataloguer", "cashier"))


class Row(NamedTuple):
    """A call, what is sent with it, and who is not answered 401, 403 or 404."""

    method: str
    route: str
    who: Any
    body: Any = None


TABLE = [
    Row("POST", "auth/login", f"{EVERYBODY} listener", {"card_number": "P-7001", "password": PASSWORD}),
    Row("POST", "auth/logout", SIGNED_IN),
    Row("GET", "me", SIGNED_IN),
    Row("PATCH", "me", SIGNED_IN, {"language": "en"}),
    Row("POST", "me/password", SIGNED_IN, {"old": PASSWORD, "new": "떡볶이-순대-튀김-1987"}),
    Row("GET", "patrons", DESK | CASHIER),
    Row("POST", "patrons", DESK, {"card_number": "P-1", "name": "Jo", "email": "", "password": PASSWORD}),
    Row("GET", "patrons/<id:pk>", DESK | CASHIER),
    Row("PATCH", "patrons/<id:pk>", DESK, {"name": "Jo"}),
    Row("POST", "patrons/<id:pk>/card", DESK, {"card_number": "P-2", "reason": "lost"}),
    Row("GET", "books", EVERYBODY),
    Row("POST", "books", CATALOGUER, {"title": "Emma", "copies": 1}),
    Row("GET", "books/<id:pk>", EVERYBODY),
    Row("PATCH", "books/<id:pk>", CATALOGUER, {"title": "Emma"}),
    Row("DELETE", "books/<id:pk>", CATALOGUER),
    Row("GET", "books/<id:pk>/availability", EVERYBODY),
    Row("GET", "books/<id:pk>/copies", DESK | CATALOGUER),
    Row("POST", "books/<id:pk>/copies", CATALOGUER, {"count": 1}),
    Row("GET", "copies", DESK | CATALOGUER),
    Row("GET", "copies/<id:pk>", DESK | CATALOGUER),
    Row("PATCH", "copies/<id:pk>", CATALOGUER, {"volume": "2"}),
    Row("DELETE", "copies/<id:pk>", CATALOGUER),
    Row("GET", "author-mark", DESK | CATALOGUER),
    Row("GET", "categories", EVERYBODY),
    Row("POST", "categories", ADMINISTRATOR, {"code": "child", "name_ko": "어린이", "name_en": "child"}),
    Row("PATCH", "categories/<slug:code>", ADMINISTRATOR, {"name_en": "children"}),
    Row("GET", "policies", EVERYBODY),
    Row("POST", "policies", ADMINISTRATOR, {"loan": {"days": 7}}),
    Row("GET", "policies/deciding", EVERYBODY),
    Row("DELETE", "policies/<id:pk>", ADMINISTRATOR),
    Row("GET", "copy-types", EVERYBODY),
    Row("POST", "copy-types", CATALOGUER, {"code": "map", "name_ko": "지도", "name_en": "map"}),
    Row("PATCH", "copy-types/<slug:code>", CATALOGUER, {"name_en": "disc"}),
    # The loans and the fine are somebody else's: one's own are no question of roles.
    Row("GET", "loans", SIGNED_IN),
    Row("POST", "loans", SIGNED_IN, {"book": "{book}"}),
    Row("POST", "loans", DESK | {"patron"}, {"book": "{book}", "patron": "{patron}"}),  # a patron's: 400, no such field
    Row("POST", "loans", DESK | {"patron"}, {"barcode": "{barcode}"}),
    Row("GET", "loans/<id:pk>", DESK | CASHIER),
    Row("GET", "loans/<id:pk>/explain", DESK | CASHIER),
    Row("POST", "loans/<id:pk>/return", DESK, {"quantity": 1}),
    Row("POST", "loans/<id:pk>/renew", DESK),
    Row("POST", "loans/<id:pk>/due-date", DESK, {"due_on": "2031-01-06", "reason": "x"}),
    Row("POST", "loans/<id:pk>/cancel", DESK),
    Row("POST", "loans/<id:pk>/undo", DESK, {"reason": "x"}),
    Row("POST", "loans/<id:pk>/renew/undo", DESK, {"reason": "x"}),
    Row("POST", "returns/<id:pk>/undo", DESK, {"reason": "x"}),
    Row("POST", "returns", DESK, {"barcode": "{barcode}"}),
    Row("POST", "copies/<id:pk>/mark", DESK, {"as": "lost"}),
    Row("GET", "copies/<id:pk>/history", DESK | CASHIER),
    Row("GET", "patrons/<id:pk>/history", DESK | CASHIER),
    Row("GET", "patrons/<id:pk>/blocks", DESK),
    Row("POST", "patrons/<id:pk>/blocks", DESK, {"reason": "noise"}),
    Row("POST", "patrons/<id:pk>/erase", ADMINISTRATOR, {"reason": "asked"}),
    Row("POST", "blocks/<id:pk>/lift", DESK, {"reason": "over"}),
    Row("GET", "holds", SIGNED_IN),
    Row("POST", "holds", SIGNED_IN, {"book": "{book}"}),
    Row("GET", "holds/<id:pk>", DESK),
    Row("POST", "holds/<id:pk>/cancel", DESK),
    Row("POST", "holds/<id:pk>/suspend", DESK, {}),
    Row("POST", "holds/<id:pk>/resume", DESK),
    Row("POST", "holds/<id:pk>/move", DESK, {"position": 1}),
    Row("POST", "holds/<id:pk>/pickup-by", DESK, {"pickup_by": "2031-01-06"}),
    Row("GET", "families", DESK),
    Row("POST", "families", DESK, {"name": "김씨네", "members": ["{patron}"]}),
    Row("PATCH", "families/<id:pk>", DESK, {"name": "이씨네"}),
    Row("DELETE", "families/<id:pk>", DESK),
    Row("GET", "fines", SIGNED_IN),
    Row("GET", "fines/<id:pk>", CASHIER),
    Row("POST", "fines/<id:pk>/payments", CASHIER, {"amount": 1}),
    Row("POST", "fines/<id:pk>/waive", CASHIER, {"reason": "snow"}),
    Row("POST", "fines/<id:pk>/refunds", CASHIER, {"amount": 1, "reason": "snow"}),
    Row("GET", "fee-schedules", EVERYBODY),
    Row("POST", "fee-schedules", ADMINISTRATOR, {"cap": 1}),
    Row("GET", "me/account", SIGNED_IN),
    Row("GET", "me/notices", SIGNED_IN),
    Row("GET", "me/history", SIGNED_IN),
    Row("GET", "patrons/<id:pk>/account", CASHIER),
    Row("POST", "patrons/<id:pk>/payments", CASHIER, {"amount": 1}),
    Row("POST", "patrons/<id:pk>/payouts", CASHIER, {"amount": 1, "reason": "moves"}),
    Row("POST", "patrons/<id:pk>/buy-off", CASHIER, {}),
    Row("POST", "payments/<id:pk>/reverse", CASHIER, {"reason": "stolen"}),
    Row("GET", "calendar", EVERYBODY),
    Row("GET", "calendar/rules", EVERYBODY),
    Row("POST", "calendar/rules", ADMINISTRATOR, {"valid_from": "2026-01-01", "closed_weekdays": [1]}),
    Row("DELETE", "calendar/rules/<id:pk>", ADMINISTRATOR),
    Row("GET", "closures", EVERYBODY),
    Row("POST", "closures", ADMINISTRATOR, {"from": "2026-01-01", "to": "2026-01-02", "reason": "snow"}),
    Row("DELETE", "closures/<id:pk>", ADMINISTRATOR),
    Row("POST", "closures/<id:pk>/move-due-dates", ADMINISTRATOR),
    Row("POST", "closures/<id:pk>/move-back", ADMINISTRATOR),
    Row("GET", "openings", EVERYBODY),
    Row("POST", "openings", ADMINISTRATOR, {"date": "2026-01-01", "reason": "a concert"}),
    Row("DELETE", "openings/<id:pk>", ADMINISTRATOR),
    Row("GET", "dashboard", SIGNED_IN),
    Row("GET", "dashboard/<id:pk>", CASHIER),
    Row("GET", "events", "operator listener superuser"),
    Row("GET", "schema", f"{EVERYBODY} listener"),
    Row("GET", "docs", f"{EVERYBODY} listener"),
]
OUTSIDE = {
    "favicon.ico", "admin/", "admin/statistics/", "admin/statistics/table/", "i18n/setlang/", "metrics", "",
    "health/live", "health/ready", "health/started",
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
