"""Every POST of the API, ready to be sent again and again."""

from collections import Counter
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.utils import timezone

from tests.api.answers import done
from tests.bus import Bus
from tests.people import PASSWORD, Person, a_patron

KEY = {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}
OF_THE_API = {"KeptAnswer"}

POSTS: dict[str, tuple[str, Any, Any]] = {
    "auth/logout": ("haneul", None, {}),
    "books": ("ada", {"title": "Emma", "copies": 2}, {"title": "Emma"}),
    "books/{book}/copies": ("ada", {"count": 2}, {"count": 3}),
    "categories": (
        "ada",
        {"code": "child", "name_ko": "어린이", "name_en": "child"},
        {"code": "adult", "name_ko": "어른", "name_en": "adult"},
    ),
    "calendar/rules": (
        "ada",
        {"valid_from": "2026-01-01", "closed_weekdays": [1], "holidays": "KR"},
        {"valid_from": "2026-01-01", "closed_weekdays": [2], "holidays": "KR"},
    ),
    "closures": (
        "ada",
        {"from": "2024-02-09", "to": "2024-02-12", "reason": "설"},
        {"from": "2024-02-09", "to": "2024-02-13", "reason": "설"},
    ),
    "closures/{closure}/move-back": ("ada", None, {}),
    "closures/{closure}/move-due-dates": ("ada", None, {}),
    "copy-types": (
        "ada",
        {"code": "disc", "name_ko": "음반", "name_en": "disc"},
        {"code": "map", "name_ko": "지도", "name_en": "map"},
    ),
    "holds": ("haneul", {"book": "{lent}"}, {"book": "{out}"}),
    "holds/{waiting}/cancel": ("haneul", None, {}),
    "holds/{waiting}/suspend": ("haneul", {}, {"until": "2031-01-06"}),
    "holds/{suspended_hold}/resume": ("haneul", None, {}),
    "holds/{waiting}/move": ("ada", {"position": 1}, {"position": 2}),
    "holds/{ready}/pickup-by": ("ada", {"pickup_by": "2031-01-06"}, {"pickup_by": "2031-01-07"}),
    "families": ("ada", {"name": "김씨네", "members": ["{patron}"]}, {"name": "이씨네", "members": ["{patron}"]}),
    "fee-schedules": ("ada", {"valid_from": "2031-01-01", "cap": 700}, {"valid_from": "2031-01-01", "cap": 800}),
    "fines/{fine}/refunds": ("ada", {"amount": 1, "reason": "snow"}, {"amount": 2, "reason": "snow"}),
    "patrons/{patron}/payments": ("ada", {"amount": 100, "method": "card"}, {"amount": 200, "method": "card"}),
    "patrons/{payer}/payouts": ("ada", {"amount": 1, "reason": "moves"}, {"amount": 2, "reason": "moves"}),
    "patrons/{nobody}/erase": ("ada", {"reason": "moves away"}, {"reason": "is dead"}),
    "patrons/{suspended}/buy-off": ("ada", {"method": "cash"}, {"method": "card"}),
    "payments/{payment}/reverse": ("ada", {"reason": "stolen"}, {"reason": "lost"}),
    "fines/{fine}/payments": ("ada", {"amount": 200}, {"amount": 300}),
    "fines/{fine}/waive": ("ada", {"reason": "snow"}, {"reason": "rain"}),
    "loans": ("haneul", {"book": "{book}"}, {"book": "{book}", "quantity": 2}),
    "loans/{asked}/cancel": ("haneul", None, {}),
    "loans/{loan}/due-date": (
        "ada",
        {"due_on": "2031-01-06", "reason": "a long illness"},
        {"due_on": "2031-01-07", "reason": "a long illness"},
    ),
    "loans/{loan}/renew": ("haneul", None, {}),
    "loans/{loan}/return": ("haneul", {"quantity": 1}, {}),
    "me/password": (
        "haneul",
        {"old": PASSWORD, "new": "떡볶이-순대-튀김-1987"},
        {"old": PASSWORD, "new": "산-바다-하늘-1988"},
    ),
    "openings": ("ada", {"date": "2026-05-05", "reason": "잔치"}, {"date": "2026-05-06", "reason": "잔치"}),
    "patrons": (
        "ada",
        {"card_number": "P-7100", "name": "이서연", "email": "", "password": PASSWORD},
        {"card_number": "P-7101", "name": "이서연", "email": "", "password": PASSWORD},
    ),
    "patrons/{patron}/card": (
        "ada",
        {"card_number": "P-7200", "reason": "lost"},
        {"card_number": "P-7201", "reason": "lost"},
    ),
    "policies": ("ada", {"valid_from": "2031-01-01", "loan": {"days": 7}}, {"loan": {"days": 8}}),
    "patrons/{patron}/blocks": ("ada", {"reason": "책 훼손"}, {"reason": "소란"}),
    "blocks/{block}/lift": ("ada", {"reason": "사과함"}, {"reason": "변상함"}),
    "loans/{loan}/undo": ("ada", {"reason": "잘못 찍음"}, {"reason": "다른 책"}),
    "loans/{renewed}/renew/undo": ("ada", {"reason": "잘못 누름"}, {"reason": "다른 책"}),
    "returns/{return}/undo": ("ada", {"reason": "잘못 찍음"}, {"reason": "다른 책"}),
    "copies/{copy}/mark": ("ada", {"as": "lost", "reason": "물에 젖음"}, {"as": "missing"}),
    "returns": ("ada", {"barcode": "{barcode}"}, {"barcode": "B-none"}),
}


class Once:
    """One POST of one caller to a library in use, again and again."""

    def __init__(self, route: str, haneul: Person, ada: Person, facts: dict[str, Any]) -> None:
        who, body, other = POSTS[route]
        self.caller = {"haneul": haneul, "ada": ada}[who]
        self.path, self.body, self.other = route.format(**facts), _filled(body, facts), _filled(other, facts)

    def send(self, body: Any = None, **headers: str) -> Any:
        """The answer; under the key unless headers are given."""
        return self.caller.post(self.path, body or self.body, headers=headers or KEY)


def _filled(body: Any, facts: dict[str, Any]) -> Any:
    if isinstance(body, dict):
        return {name: _filled(value, facts) for name, value in body.items()}
    if isinstance(body, list):
        return [_filled(value, facts) for value in body]
    return facts.get(str(body).strip("{}"), body)


def rows() -> Counter[str]:
    """How many rows each table has, beside those that the API keeps for itself."""
    models = (model for model in apps.get_models() if model.__name__ not in OF_THE_API)
    return Counter({model._meta.label: model._default_manager.count() for model in models})


def a_suspended_patron(ada: Person) -> int:
    """A patron whose suspension can be bought off."""
    done(ada.post("categories", {"code": "guest", "name_ko": "손님", "name_en": "guest"}), 201)
    done(ada.post("policies", {"category": "guest", "late": {"as": "suspension"}}), 201)
    done(ada.post("fee-schedules", {"category": "guest", "buy_off_rate": 100}), 201)
    guest = a_patron("P-7555")
    done(ada.patch(f"patrons/{guest.id}", {"category": "guest"}))
    book = done(ada.post("books", {"title": "Persuasion", "copies": 1}), 201)["id"]
    Bus().settle()
    long_ago = str(timezone.localdate() - timedelta(days=30))
    loan = done(ada.post("loans", {"patron": guest.id, "book": book, "borrowed_on": long_ago}), 201)
    done(ada.post(f"loans/{loan['id']}/return"))
    Bus().settle()
    return guest.id


def some_holds(haneul: Person, ada: Person) -> dict[str, int]:
    """Two books that Ada has on loan, and Haneul's holds on others: waiting, suspended and ready."""
    names = ("lent", "out", "waiting", "suspended_hold", "ready")
    books = {name: done(ada.post("books", {"title": "Sense", "copies": 1}), 201)["id"] for name in names}
    Bus().settle()
    loans = {name: done(ada.post("loans", {"book": book}), 201)["id"] for name, book in books.items()}
    holds = {name: done(haneul.post("holds", {"book": books[name]}), 201)["id"] for name in names[2:]}
    done(haneul.post(f"holds/{holds['suspended_hold']}/suspend", {}))
    done(ada.post(f"loans/{loans['ready']}/return"))
    return {"lent": books["lent"], "out": books["out"], **holds}
