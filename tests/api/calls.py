"""Every call of the API, and who may make it."""

from typing import Any, NamedTuple

from tests.people import PASSWORD

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
