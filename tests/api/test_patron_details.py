"""What a librarian keeps of patrons beside name and card, and what is asked for children."""

from typing import Any

import pytest
import time_machine
from django.core import mail

from accounts.mail.tasks import send_mails
from tests.api.answers import done, refused
from tests.factories import seoul
from tests.people import PASSWORD, Person

pytestmark = pytest.mark.django_db

SEOYEON = {"card_number": "P-7100", "name": "이서연", "email": "seoyeon@example.org"}
DETAILS = {
    "phone": "010-1234-5678", "address": "전라남도 순천시 무진로 1", "postal_code": "57922", "born_on": "1990-02-28",
    "guardian": "", "consent_until": None, "notes": "큰글자도서를 찾으심", "expires_on": "2031-01-01", "category": None,
}  # fmt: skip
CHILD = {"born_on": "2015-05-05", "guardian": "이하늬 (어머니)", "consent_until": "2027-05-05"}


@pytest.fixture(autouse=True)
def _today() -> Any:
    """A day on which the child is ten."""
    with time_machine.travel(seoul(3, 2), tick=False):
        yield


def test_details_are_kept_as_they_are_given(ada: Person, haneul: Person) -> None:
    card = done(ada.post("patrons", {**SEOYEON, **DETAILS, "phone": "+82 10 1234 5678"}), 201)
    assert DETAILS.items() <= card.items()
    assert done(ada.get(f"patrons/{card['id']}")) == card

    changed = done(ada.patch(f"patrons/{card['id']}", {"phone": "", "born_on": None, "notes": "", "address": ""}))
    assert [changed[name] for name in ("phone", "born_on", "notes", "address")] == ["", None, "", ""]


def test_a_patron_is_found_by_the_telephone_number(ada: Person, haneul: Person) -> None:
    done(ada.patch(f"patrons/{haneul.id}", {"phone": "010-1234-5678"}))
    for typed in ("01012345678", "+821012345678", "010 1234 5678"):
        assert [one["id"] for one in done(ada.get("patrons", {"q": typed}))["results"]] == [haneul.id], typed


def test_notes_are_for_librarians_only(ada: Person, haneul: Person) -> None:
    done(ada.patch(f"patrons/{haneul.id}", {"notes": "둘째 서가에서 자주 졸고 있음"}))
    assert "졸고" not in haneul.get("me").content.decode()
    assert "졸고" not in haneul.get("dashboard").content.decode()
    refused(haneul.get(f"patrons/{haneul.id}"), 403, "permission_denied")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "call me"), ("phone", 1012345678), ("born_on", "2026-02-30"), ("born_on", "2026-03-03"),
        ("born_on", "1826-01-01"), ("postal_code", "1" * 11), ("notes", "가" * 2001), ("guardian", None),
        ("consent_until", "soon"), ("address", "\u0000"), ("keep_history", True),
    ],
)  # fmt: skip
def test_a_fault_is_named_at_its_field(ada: Person, field: str, value: Any) -> None:
    refused(ada.post("patrons", {**SEOYEON, field: value}), 400, "invalid", field)


@pytest.mark.parametrize(
    ("given", "fields", "cure"),
    [
        ({"guardian": ""}, ["guardian"], "write who does"),
        ({"consent_until": None}, ["consent_until"], "write the last day"),
        ({"guardian": "", "consent_until": None}, ["guardian", "consent_until"], "parent or guardian"),
        ({"consent_until": "2026-03-01"}, ["consent_until"], "consent ended on March 1, 2026"),
    ],
)
def test_a_child_needs_a_guardians_consent(ada: Person, given: Any, fields: list[str], cure: str) -> None:
    document = refused(ada.post("patrons", {**SEOYEON, **CHILD, **given}), 400, "invalid", *fields)
    assert cure in document["errors"][0]["message"]
    done(ada.post("patrons", {**SEOYEON, **CHILD}), 201)


@pytest.mark.parametrize(("born_on", "is_child"), [("2012-03-02", False), ("2012-03-03", True), ("2012-02-29", False)])
def test_who_is_fourteen_today_needs_none(ada: Person, born_on: str, is_child: bool) -> None:
    answer = ada.post("patrons", {**SEOYEON, "born_on": born_on})
    assert answer.status_code == (400 if is_child else 201)


def test_a_consent_that_has_ended_is_asked_for_only_where_it_is_touched(ada: Person) -> None:
    card = done(ada.post("patrons", {**SEOYEON, **CHILD, "consent_until": "2026-03-02"}), 201)
    with time_machine.travel(seoul(3, 3), tick=False):
        ada.sign_in()
        done(ada.patch(f"patrons/{card['id']}", {"phone": "02-123-4567"}))
        refused(ada.patch(f"patrons/{card['id']}", {"guardian": "이하늬"}), 400, "invalid", "consent_until")
        done(ada.patch(f"patrons/{card['id']}", {"consent_until": "2028-03-02"}))


def test_without_a_password_a_link_is_mailed_once_and_chooses_it(ada: Person, settings: Any) -> None:
    settings.SITE_URL = "http://127.0.0.1:8000"
    done(ada.post("patrons", SEOYEON), 201)
    send_mails()
    (letter,) = mail.outbox
    assert letter.to == ["이서연 <seoyeon@example.org>"]
    assert "/password/reset/" in letter.body
    wrong = Person().post("auth/login", {"card_number": "P-7100", "password": ""})
    assert wrong.status_code == 400
    refused(Person().post("auth/login", {"card_number": "P-7100", "password": PASSWORD}), 401, "wrong_credentials")


def test_without_password_and_address_the_desk_sets_one(ada: Person, settings: Any) -> None:
    settings.SITE_URL = "http://127.0.0.1:8000"
    card = done(ada.post("patrons", {**SEOYEON, "email": ""}), 201)
    send_mails()
    assert mail.outbox == []
    done(ada.patch(f"patrons/{card['id']}", {"password": PASSWORD}))
    done(Person().post("auth/login", {"card_number": "P-7100", "password": PASSWORD}))


def test_the_day_of_birth_needs_no_midnight(ada: Person) -> None:
    card = done(ada.post("patrons", {**SEOYEON, "born_on": "1961-08-10"}), 201)
    assert card["born_on"] == "1961-08-10"
