"""Whoever has no card applies for one on the site; the desk gives it, and a link to choose a password."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts.applications.services import confirm_application
from accounts.models import CardApplication, User
from opac.library_page import forget_library_page
from opac.models import LibraryPage
from tests.accounts.links import chosen, sent
from tests.admin.door import Door, a_librarian, said
from tests.opac.visitor import Visitor
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db

SAEBOM = {"name": "박새봄", "email": "saebom@example.org", "language": "ko", "message": "안녕하세요."}
NEW = "떡볶이-순대-튀김-1987"


@pytest.fixture(autouse=True)
def _cards_can_be_applied_for(db: None) -> Any:
    """The library takes applications."""
    LibraryPage.objects.create(pk=1, name_ko="솔숲도서관", name_en="Pine Library", card_applications=True)
    forget_library_page()
    yield
    forget_library_page()


@pytest.fixture
def desk() -> Door:
    """Somebody at the desk."""
    return a_librarian(roles=["desk"])


def applied(**fields: Any) -> Any:
    """The answer to an application."""
    address = fields.pop("address", "127.0.0.1")
    return Visitor().post("/apply", {**SAEBOM, **fields}, follow=True, REMOTE_ADDR=address)


def test_the_desk_gives_a_card_and_its_holder_chooses_a_password(desk: Door) -> None:
    answer = applied().content.decode()
    assert "We have your application." in answer
    assert 'name="email"' not in answer
    application = CardApplication.objects.get()
    assert "박새봄" in desk.see("accounts_cardapplication_changelist")
    assert "안녕하세요." in desk.see("accounts_cardapplication_change", application.pk)
    page = desk.act("accounts_cardapplication", "confirm", application)
    assert 'name="card_number"' in page
    page = desk.act("accounts_cardapplication", "confirm", application, confirmed="yes", card_number="P-7150")
    assert "박새봄 has the card P-7150." in page

    saebom = User.objects.get(card_number="P-7150")
    assert (saebom.name, saebom.email, saebom.language) == ("박새봄", "saebom@example.org", "ko")
    assert (saebom.is_staff, saebom.has_usable_password()) == (False, False)
    assert said()[-1] == "PatronRegistered"
    application.refresh_from_db()
    assert (application.state, application.card) == ("confirmed", saebom)
    (link,) = sent()
    assert "P-7150" in mail.outbox[0].body
    chosen(Visitor(), link, NEW)
    assert Visitor().sign_in("P-7150", NEW).redirect_chain[-1][0] == "/me"


def test_a_password_may_be_typed_at_the_desk(desk: Door) -> None:
    applied()
    fields = {"confirmed": "yes", "card_number": "P-7150"}
    (application,) = CardApplication.objects.all()
    assert "too short" in desk.act("accounts_cardapplication", "confirm", application, **fields, new_password="short")
    page = desk.act("accounts_cardapplication", "confirm", application, **fields, new_password="saebom@example")
    assert "too similar to the email" in page
    assert not User.objects.filter(card_number="P-7150").exists()
    desk.act("accounts_cardapplication", "confirm", application, **fields, new_password=PASSWORD)
    assert User.objects.get(card_number="P-7150").check_password(PASSWORD)
    assert sent() == []


def test_what_can_not_be_confirmed_stays_as_it_was(desk: Door) -> None:
    applied()
    application = CardApplication.objects.get()
    fields = {"confirmed": "yes", "card_number": "L-7101"}
    assert "belongs to somebody already" in desk.act("accounts_cardapplication", "confirm", application, **fields)
    application.refresh_from_db()
    assert application.state == "waiting"
    assert sent() == []


def test_it_is_decided_once(desk: Door) -> None:
    applied()
    application = CardApplication.objects.get()
    desk.act("accounts_cardapplication", "confirm", application, confirmed="yes", card_number="P-7150")
    again = desk.act("accounts_cardapplication", "confirm", application, confirmed="yes", card_number="P-7151")
    assert "This application was decided already." in again
    assert "decided already" in desk.act("accounts_cardapplication", "decline", application, confirmed="yes")
    assert list(User.objects.filter(name="박새봄").values_list("card_number", flat=True)) == ["P-7150"]
    assert "Give a card" not in desk.see("accounts_cardapplication_change", application.pk).partition("<main")[2]


def test_the_desk_declines(desk: Door) -> None:
    applied()
    application = CardApplication.objects.get()
    assert "They get no card." in desk.act("accounts_cardapplication", "decline", application)
    assert "Declined: 1." in desk.act("accounts_cardapplication", "decline", application, confirmed="yes")
    application.refresh_from_db()
    assert (application.state, application.card) == ("declined", None)
    assert not User.objects.filter(name="박새봄").exists()


def test_each_card_is_given_by_itself(desk: Door) -> None:
    applied()
    applied(name="박가을", email="gaeul@example.org")
    both = CardApplication.objects.all()
    assert "choose one application" in desk.act("accounts_cardapplication", "confirm", *both)


def test_who_sends_it_twice_has_applied_once_and_learns_nothing() -> None:
    first, again = applied(), applied(email="SAEBOM@example.org", message="")
    assert CardApplication.objects.count() == 1
    assert [answer.redirect_chain[-1][0] for answer in (first, again)] == ["/apply?sent=1"] * 2
    confirm_application(CardApplication.objects.get().pk, card_number="P-7150", now=timezone.now())
    assert "We have your application." in applied().content.decode()


def test_what_comes_next_is_said_to_nobody_who_has_not_applied() -> None:
    assert 'name="email"' in Visitor().see("/apply", sent=1)
    visitor = Visitor()
    visitor.send("/apply", **SAEBOM)
    assert "We have your application." in visitor.see("/apply", sent=1)
    assert 'name="email"' in visitor.see("/apply")


@pytest.mark.parametrize(("backend", "is_sent"), [("locmem", True), ("dummy", False)])
def test_a_mail_is_promised_where_one_can_be_sent(desk: Door, settings: Any, backend: str, is_sent: bool) -> None:
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    applied()
    pages = [desk.act("accounts_cardapplication", "confirm", CardApplication.objects.get())]
    pages.append(desk.see("accounts_user_add"))
    assert ["and a mail brings a link" in page for page in pages] == [is_sent] * 2
    assert ["no mails are sent" in page for page in pages] == [not is_sent] * 2


def test_five_a_day_come_from_one_address() -> None:
    answers = [applied(email=f"{number}@example.org") for number in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert "Please come to the desk." in answers[-1].content.decode()
    assert "6@example.org" not in str(list(CardApplication.objects.values()))
    assert applied(email="6@example.org", address="203.0.113.9").status_code == 200
    with time_machine.travel(timezone.localtime() + timedelta(hours=25)):
        assert applied(email="7@example.org").status_code == 200


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("email", "nowhere"),
        ("email", ""),
        ("language", "fr"),
        ("message", "가" * 1001),
        ("name", "가" * 201),
    ],
)
def test_a_fault_stands_beside_its_field_and_what_was_typed_stays(field: str, typed: str) -> None:
    page = applied(**{field: typed}).content.decode()
    assert f'id="id_{field}_error"' in page
    assert "박새봄" in page or field == "name"
    assert not CardApplication.objects.exists()


def test_more_than_the_form_has_is_not_taken() -> None:
    applied(name="박새봄\r\n  Bcc: x", state="confirmed", card="1", address="203.0.113.7")
    application = CardApplication.objects.get()
    assert (application.name, application.state, application.card) == ("박새봄 Bcc: x", "waiting", None)


def test_where_the_library_takes_no_applications_one_is_led_to_the_desk() -> None:
    assert "/apply" in Visitor().see("/sign-in")
    LibraryPage.objects.update(card_applications=False)
    forget_library_page()
    assert "Cards are given at the desk." in applied().content.decode()
    assert not CardApplication.objects.exists()
    assert "/apply" not in Visitor().see("/sign-in")
