"""The desk registers and changes patrons; who makes staff gives them their roles, and nobody more than he has."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.erasing.emptying import empty_person
from accounts.models import User
from tests.admin.door import Door, a_librarian, a_patron, a_superuser, said
from tests.people import PASSWORD, Person

pytestmark = pytest.mark.django_db
ROLES = ("desk", "cataloguer", "cashier", "administrator", "operator")
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


def test_the_desk_cannot_rise_or_raise_others() -> None:
    patron, others = a_patron(), [a_superuser().user, *(a_librarian(f"L-{role}", roles=[role]).user for role in ROLES)]
    desk = a_librarian("L-7102", roles=["desk"])
    rise = {"is_staff": "on", "is_superuser": "on", "groups": "1", "user_permissions": "1", "roles": ["administrator"]}
    desk.send("accounts_user_change", patron.pk, name="x", language="ko", is_active="on", **rise)
    desk.send("accounts_user_add", **NEW, **rise)
    for person in (patron, User.objects.get(card_number="P-7150")):
        person.refresh_from_db()
        assert [person.is_staff, person.is_superuser, person.groups.exists()] == [False] * 3
    for person in filter(None, others):
        address = reverse("admin:accounts_user_change", args=[person.pk])
        assert desk.post(address, {"name": "x", "language": "ko", "new_password": "내것-1234-하하"}).status_code == 403
        assert 'name="new_password"' not in desk.get(address).content.decode()
    assert desk.user
    desk.send("accounts_user_change", desk.user.pk, name="Ada", language="en", is_active="on", **rise)
    desk.user.refresh_from_db()
    assert [desk.user.name, *held(desk.user)] == ["Ada", "desk"]
    assert desk.get("/admin/auth/group/").status_code == 404
    assert desk.get("/admin/knox/authtoken/").status_code == 404


def held(person: User) -> list[str]:
    """The names of a person's roles."""
    return sorted(person.groups.values_list("name", flat=True))


def test_an_administrator_makes_and_unmakes_staff_who_then_can_and_cannot_work() -> None:
    administrator, patron = a_librarian(roles=["administrator"]), a_patron()
    details = {"name": "김하늘", "language": "ko", "is_active": "on"}
    page = administrator.send("accounts_user_change", patron.pk, **details, is_staff="on")
    assert "Staff need at least one role." in page
    administrator.send("accounts_user_change", patron.pk, **details, is_staff="on", roles=["desk", "cashier"])
    assert held(patron) == ["cashier", "desk"]
    haneul = Door(User.objects.get(pk=patron.pk))
    haneul.see("desk")
    administrator.send("accounts_user_change", patron.pk, **details, is_staff="on", roles=["cashier"])
    assert haneul.get(reverse("admin:desk")).status_code == 403
    administrator.send("accounts_user_change", patron.pk, **details)
    assert held(patron) == []
    assert haneul.get(reverse("admin:desk")).status_code == 302


def test_staff_are_registered_with_their_roles_and_found_by_them() -> None:
    administrator = a_librarian(roles=["administrator"])
    administrator.send("accounts_user_add", **NEW, is_staff="on", roles=["cataloguer"])
    assert held(User.objects.get(card_number="P-7150")) == ["cataloguer"]
    assert "P-7150" in administrator.see("accounts_user_changelist", role="cataloguer")
    assert "P-7150" not in administrator.see("accounts_user_changelist", role="desk")


def test_nobody_gives_a_role_with_a_right_that_he_has_not() -> None:
    administrator, patron = a_librarian(roles=["administrator"]), a_patron()
    form = administrator.see("accounts_user_change", patron.pk)
    assert [role for role in ROLES if f'value="{role}"' in form] == ["desk", "cataloguer", "cashier", "administrator"]
    rise = {"is_staff": "on", "roles": ["operator"], "name": "x", "language": "ko", "is_active": "on"}
    assert "operator is not one of the available choices" in administrator.send(
        "accounts_user_change", patron.pk, **rise
    )
    assert administrator.user
    administrator.send(
        "accounts_user_change", administrator.user.pk, **{**rise, "roles": ["administrator", "operator"]}
    )
    assert [held(patron), held(administrator.user)] == [[], ["administrator"]]
    both = a_librarian("L-7102", roles=["administrator", "operator"])
    both.send("accounts_user_change", patron.pk, **{**rise, "roles": ["operator"]})
    assert held(patron) == ["operator"]


@pytest.mark.parametrize("is_active", [True, False])
def test_nobody_takes_over_an_account_with_a_right_that_he_has_not(is_active: bool) -> None:
    administrator = a_librarian(roles=["administrator"])
    for victim in (a_librarian("L-7102", roles=["operator"]).user, a_superuser().user):
        assert victim
        User.objects.filter(pk=victim.pk).update(is_active=is_active)
        taken = {"name": "x", "language": "ko", "is_active": "on", "is_staff": "on", "new_password": "내것-1234-하하"}
        address = reverse("admin:accounts_user_change", args=[victim.pk])
        assert administrator.post(address, {**taken, "roles": ["desk"]}).status_code == 403
        page = administrator.get(address).content.decode()
        assert 'type="checkbox"' not in page.rpartition("<form")[2]
        assert ("operator" in page) == (not victim.is_superuser)
        victim.refresh_from_db()
        assert victim.check_password(PASSWORD)


@pytest.mark.parametrize(("language", "sentence"), [("en", "Takes payments"), ("ko", "연체료를 받고 면제하며")])
def test_each_role_is_said_in_a_sentence(language: str, sentence: str) -> None:
    door = a_librarian(headers={"accept-language": language})
    assert sentence in door.see("accounts_user_add")


def test_a_program_that_listens_has_no_password_and_no_role(librarian: Door) -> None:
    call_command("make_listener", "marketing", stdout=StringIO())
    program = User.objects.get(card_number="marketing")
    sent = {"name": "Marketing", "is_active": "", "new_password": PASSWORD, "is_staff": "on", "roles": ["desk"]}
    assert 'name="new_password"' not in librarian.see("accounts_user_change", program.pk)
    librarian.send("accounts_user_change", program.pk, **sent)
    program.refresh_from_db()
    assert [program.name, program.is_active, program.is_staff, *held(program)] == ["Marketing", False, False]
    assert not program.has_usable_password()
    for role in ("desk", "administrator"):
        door = a_librarian(f"L-{role}", roles=[role])
        assert door.post(reverse("admin:accounts_user_change", args=[program.pk]), sent).status_code == 403


def test_a_superuser_stays_staff() -> None:
    superuser = a_superuser()
    assert superuser.user
    page = superuser.send("accounts_user_change", superuser.user.pk, name="Sam", language="en", is_active="on")
    assert "A superuser is always staff too." in page


def test_after_five_wrong_passwords_a_page_says_please_wait_and_an_operator_can_unlock() -> None:
    a_librarian()
    stranger = Door()
    answers = [stranger.sign_in("L-7101", "guess") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429] * 2
    assert "please wait before you try again" in answers[-1].content.decode()
    assert stranger.sign_in("L-7101").status_code == 429
    operator = a_librarian("O-1", roles=["operator"])
    attempt = operator.get("/admin/axes/accessattempt/").context["cl"].result_list[0]
    assert "They may sign in again." in operator.act("axes_accessattempt", "unlock", attempt)
    assert stranger.sign_in("L-7101").status_code == 302


def test_the_lock_out_leaves_the_api_its_own_answers() -> None:
    a_patron()
    caller = Person()
    answers = [caller.post("auth/login", {"card_number": "P-7101", "password": "guess"}) for _ in range(7)]
    assert {answer["Content-Type"] for answer in answers} == {"application/problem+json"}
    assert (answers[0].status_code, answers[-1].status_code) == (401, 429)


def test_nobody_who_was_erased_is_in_the_list(librarian: Door, haneul: User) -> None:
    empty_person(haneul.pk, now=timezone.now())
    assert f"erased-{haneul.pk}" not in librarian.see("accounts_user_changelist")
    assert librarian.get(reverse("admin:accounts_user_change", args=[haneul.pk])).status_code == 302
