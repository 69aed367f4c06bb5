"""The register of patrons, as a librarian keeps it through the API."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import User
from kernel.eventbus.models import Event
from tests.api.answers import ONE_PATRON, done, refused
from tests.people import PASSWORD, Person, a_librarian

pytestmark = pytest.mark.django_db

SEOYEON = {"card_number": "P-7100", "name": "이서연", "email": "seoyeon@example.org", "password": PASSWORD}
TAKEN_OVER = {"password": "떡볶이-순대-튀김-1987"}


def test_everybody_sees_their_own_card(haneul: Person, ada: Person) -> None:
    card = done(haneul.get("me"))

    assert card == {
        "id": haneul.id,
        "card_number": "P-7001",
        "name": "김하늘",
        "email": "",
        "language": "ko",
        "roles": ["patron"],
    }
    assert done(ada.get("me"))["roles"] == ["patron", "librarian"]


def test_a_librarian_registers_a_patron_who_can_sign_in(ada: Person) -> None:
    answer = ada.post("patrons", {**SEOYEON, "language": "en"})

    card = done(answer, 201)
    assert card.keys() == ONE_PATRON
    assert (card["name"], card["language"], card["roles"]) == ("이서연", "en", ["patron"])
    assert answer["Location"] == f"/api/v1/patrons/{card['id']}"
    assert done(ada.get(answer["Location"])) == card
    assert Event.objects.filter(name="PatronRegistered", key=f"patron:{card['id']}").count() == 1
    assert done(Person(User.objects.get(pk=card["id"])).get("me")).items() <= card.items()


def test_a_card_number_is_given_once(haneul: Person, ada: Person) -> None:
    document = refused(ada.post("patrons", {**SEOYEON, "card_number": "P-7001"}), 409, "card_number_taken")

    assert "P-7001" in document["detail"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("card_number", "two words"),
        ("card_number", "P" * 33),
        ("card_number", 7100),
        ("card_number", "P-7\u0000"),
        ("name", ""),
        ("name", "가" * 201),
        ("email", "nobody"),
        ("email", 5),
        ("password", "short"),
        ("password", "password"),
        ("language", "fr"),
        ("roles", ["librarian"]),
        ("is_staff", True),
    ],
)
def test_a_card_with_a_fault_is_not_registered(ada: Person, field: str, value: Any) -> None:
    refused(ada.post("patrons", {**SEOYEON, field: value}), 400, "invalid", field)

    assert not User.objects.filter(name="이서연").exists()


@pytest.mark.parametrize("missing", sorted({*SEOYEON} - {"password"}))
def test_nothing_of_a_card_may_be_missing(ada: Person, missing: str) -> None:
    card = {name: value for name, value in SEOYEON.items() if name != missing}

    refused(ada.post("patrons", card), 400, "invalid", missing)


def test_patrons_are_found_by_a_part_of_name_card_or_email(haneul: Person, jiwoo: Person, ada: Person) -> None:
    for words, found in {
        "하늘": [haneul],
        "7002": [jiwoo],
        "JIWOO@": [jiwoo],
        "": [ada, jiwoo, haneul],
        "zz": [],
    }.items():
        page = done(ada.get("patrons", {"q": words}))
        assert page.keys() == {"next", "previous", "results"}
        assert {one["id"] for one in page["results"]} == {person.id for person in found}, words


def test_a_patrons_details_are_changed(haneul: Person, ada: Person) -> None:
    changed = done(
        ada.patch(f"patrons/{haneul.id}", {"name": "김하늘별", "email": "star@example.org", "language": "en"})
    )

    assert changed == done(ada.get(f"patrons/{haneul.id}"))
    assert (changed["name"], changed["email"], changed["language"]) == ("김하늘별", "star@example.org", "en")
    assert done(ada.patch(f"patrons/{haneul.id}", {})) == changed


def test_a_card_number_stays_for_life(haneul: Person, ada: Person) -> None:
    refused(ada.patch(f"patrons/{haneul.id}", {"card_number": "P-1"}), 400, "invalid", "card_number")


def test_a_superusers_card_is_changed_by_superusers_only(ada: Person) -> None:
    superuser = User.objects.create_superuser("OP-1", PASSWORD, name="Opal")

    refused(ada.patch(f"patrons/{superuser.pk}", TAKEN_OVER), 403, "permission_denied")
    done(Person(superuser).patch(f"patrons/{superuser.pk}", {"name": "Opal Root"}))
    done(Person(superuser).patch(f"patrons/{ada.id}", {"name": "Ada Lovelace"}))


@pytest.mark.parametrize("is_active", [True, False])
def test_staff_are_changed_by_who_makes_staff_and_has_every_right_that_they_have(is_active: bool) -> None:
    staff = {role: a_librarian(f"L-{role}", roles=[role]) for role in ("desk", "cashier", "administrator", "operator")}
    may_change = {("administrator", "desk"), ("administrator", "cashier"), *((role, role) for role in staff)}
    for name, person in staff.items():
        for other, victim in staff.items():
            User.objects.filter(pk=victim.id).update(is_active=is_active or name == other)
            status = person.patch(f"patrons/{victim.id}", {"language": "en"}).status_code
            can_call = name in {"desk", "administrator"}
            assert (status == 200) == (can_call and (name, other) in may_change), (name, other)
            User.objects.filter(pk=victim.id).update(is_active=True)


def test_nobody_gets_a_right_by_anothers_password(ada: Person) -> None:
    desk, operator = a_librarian("L-8", roles=["desk"]), a_librarian("L-9", roles=["operator"])

    refused(desk.patch(f"patrons/{ada.id}", TAKEN_OVER), 403, "permission_denied")
    refused(a_librarian("L-7", roles=["administrator"]).patch(f"patrons/{operator.id}", TAKEN_OVER), 403,
            "permission_denied")  # fmt: skip
    done(ada.patch(f"patrons/{operator.id}", TAKEN_OVER))


def test_programs_that_listen_are_no_patrons(ada: Person) -> None:
    call_command("make_listener", "MARKETING", stdout=StringIO())
    program = User.objects.get(card_number="MARKETING")

    assert done(ada.get("patrons?q=MARKETING"))["results"] == []
    refused(ada.get(f"patrons/{program.pk}"), 404, "not_found")
    refused(ada.patch(f"patrons/{program.pk}", TAKEN_OVER), 404, "not_found")


def test_somebody_who_is_not_there_is_404(ada: Person) -> None:
    refused(ada.get("patrons/999999999"), 404, "not_found")
    refused(ada.patch("patrons/999999999", {"name": "아무개"}), 404, "not_found")
