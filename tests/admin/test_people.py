"""Librarians register and change patrons; only operators make librarians."""

import pytest
from django.urls import reverse

from accounts.models import LIBRARIANS, User
from tests.admin.door import Door, a_librarian, a_patron, an_operator, said
from tests.people import PASSWORD, Person

pytestmark = pytest.mark.django_db
NEW = {
    "card_number": "P-7150",
    "name": "박새봄",
    "email": "saebom@example.org",
    "language": "ko",
    "new_password": PASSWORD,
    "is_active": "on",
}


def test_a_patron_is_registered_and_can_sign_in(librarian: Door) -> None:
    librarian.send("accounts_user_add", **NEW)
    saebom = User.objects.get(card_number="P-7150")
    assert (saebom.name, saebom.is_staff, saebom.check_password(PASSWORD)) == ("박새봄", False, True)
    assert said()[-1] == "PatronRegistered"


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("card_number", "L-7101", "already exists"),
        ("card_number", "no spaces", "letters, digits and hyphens"),
        ("new_password", "1234", "too short"),
        ("new_password", "", "This field is required"),
        ("email", "nowhere", "valid email"),
    ],
)
def test_faults_stand_on_the_form(librarian: Door, field: str, typed: str, sentence: str) -> None:
    assert sentence in librarian.send("accounts_user_add", **{**NEW, field: typed})
    assert User.objects.count() == 1


def test_a_patron_is_changed_and_keeps_the_password_unless_another_is_typed(librarian: Door) -> None:
    patron = a_patron()
    changed = {"name": "김하늘빛", "email": "", "language": "en", "new_password": "", "is_active": "on"}
    page = librarian.send("accounts_user_change", patron.pk, **changed)
    assert PASSWORD not in page
    patron.refresh_from_db()
    assert (patron.name, patron.language, patron.check_password(PASSWORD)) == ("김하늘빛", "en", True)
    librarian.send("accounts_user_change", patron.pk, **{**changed, "new_password": "다른-열쇠-2026"})
    patron.refresh_from_db()
    assert patron.check_password("다른-열쇠-2026")


def test_a_card_is_closed_and_keeps_its_number(librarian: Door) -> None:
    patron = a_patron()
    librarian.send("accounts_user_change", patron.pk, name="김하늘", language="ko", card_number="P-9999")
    patron.refresh_from_db()
    assert (patron.card_number, patron.is_active) == ("P-7101", False)


def test_a_librarian_cannot_rise_or_raise_others(librarian: Door) -> None:
    patron, operator = a_patron(), an_operator().user
    assert librarian.user
    assert operator
    rise = {"is_staff": "on", "is_superuser": "on", "groups": "1", "user_permissions": "1"}
    librarian.send("accounts_user_change", patron.pk, name="x", language="ko", is_active="on", **rise)
    librarian.send("accounts_user_add", **NEW, **rise)
    for person in (patron, User.objects.get(card_number="P-7150")):
        person.refresh_from_db()
        assert [person.is_staff, person.is_superuser, person.groups.exists()] == [False] * 3
    others = a_librarian("L-7102").user
    assert others
    for person in (operator, others, librarian.user):
        address = reverse("admin:accounts_user_change", args=[person.pk])
        assert (
            librarian.post(address, {"name": "x", "language": "ko", "new_password": "내것-1234-하하"}).status_code
            == 403
        )
        assert "new_password" not in librarian.get(address).content.decode()
    assert librarian.get("/admin/auth/group/").status_code == 404
    assert librarian.get("/admin/knox/authtoken/").status_code == 404


def test_an_operator_makes_and_unmakes_a_librarian_who_then_can_and_cannot_work() -> None:
    operator, patron = an_operator(), a_patron()
    details = {"name": "김하늘", "language": "ko", "is_active": "on"}
    operator.send("accounts_user_change", patron.pk, **details, is_staff="on")
    assert list(patron.groups.values_list("name", flat=True)) == [LIBRARIANS]
    haneul = Door(User.objects.get(pk=patron.pk))
    haneul.see("desk_lend")
    haneul.see("catalog_book_add")
    operator.send("accounts_user_change", patron.pk, **details)
    assert not patron.groups.exists()
    assert haneul.get(reverse("admin:desk_lend")).status_code == 302


def test_an_operator_stays_a_librarian() -> None:
    operator = an_operator()
    assert operator.user
    page = operator.send("accounts_user_change", operator.user.pk, name="Ori", language="en", is_active="on")
    assert "An operator is always a librarian too." in page


def test_after_five_wrong_passwords_the_door_says_please_wait_and_an_operator_can_unlock() -> None:
    a_librarian()
    stranger = Door()
    answers = [stranger.sign_in("L-7101", "guess") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 2
    assert "please wait before you try again" in answers[-1].content.decode()
    assert stranger.sign_in("L-7101").status_code == 429
    operator = Door()
    User.objects.create_superuser("O-1", PASSWORD, name="Ori")
    assert operator.sign_in("O-1").status_code == 302
    attempt = operator.get("/admin/axes/accessattempt/").context["cl"].result_list[0]
    assert "They may sign in again." in operator.act("axes_accessattempt", "unlock", attempt)
    assert stranger.sign_in("L-7101").status_code == 302


def test_the_lock_out_leaves_the_api_its_own_answers() -> None:
    a_patron()
    caller = Person()
    answers = [caller.post("auth/login", {"card_number": "P-7101", "password": "guess"}) for _ in range(7)]
    assert {answer["Content-Type"] for answer in answers} == {"application/problem+json"}
    assert (answers[0].status_code, answers[-1].status_code) == (401, 429)
