"""A card that was lost is replaced: its number is refused at every door, and never anybody else's."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.cards import CardNumberTaken, replace_card
from accounts.models import Card, User
from accounts.services import register_patron
from kernel.eventbus.models import Event
from tests.admin.door import Door, a_librarian
from tests.api.answers import done, refused
from tests.opac.visitor import Visitor
from tests.people import PASSWORD, Person
from tests.people import a_librarian as a_librarian_by_api

pytestmark = pytest.mark.django_db

LOST = "was replaced and is not valid any more"


def replaced(person: User, number: str = "P-8001", reason: str = "lost on the bus") -> User:
    """The person with another card."""
    return replace_card(person.pk, card_number=number, reason=reason, now=timezone.now())


def test_a_librarian_replaces_a_card_and_the_new_one_works(haneul: User) -> None:
    ada, caller = a_librarian_by_api(), Person(haneul)
    answer = done(ada.post(f"patrons/{haneul.pk}/card", {"card_number": "ㅔ-8001", "reason": "lost on the bus"}))
    assert (answer["id"], answer["card_number"]) == (haneul.pk, "P-8001")
    assert done(caller.get("me"))["card_number"] == "P-8001"
    done(Person().post("auth/login", {"card_number": "p-8001", "password": PASSWORD}))
    event = Event.objects.order_by("pk").last()
    assert event
    assert (event.name, event.payload.keys(), event.by) == ("PatronRevised", {"occurred_at", "patron"}, ada.id)
    cards = Card.objects.filter(person=haneul).order_by("pk").values_list("number", "reason", "ended_by")
    assert list(cards) == [("P-7001", "lost on the bus", ada.id), ("P-8001", "", None)]


def test_the_old_number_says_so_to_who_knows_the_password_and_to_nobody_else(haneul: User) -> None:
    replaced(haneul)
    for number in ("P-7001", "p-7001", "*P-7001*"):
        document = refused(Person().post("auth/login", {"card_number": number, "password": PASSWORD}), 409, "card_lost")
        assert LOST in document["detail"]
        assert "P-8001" not in document["detail"]
    finder = Person().post("auth/login", {"card_number": "P-7001", "password": "guess"})
    assert finder.json() == Person().post("auth/login", {"card_number": "P-0", "password": "guess"}).json()
    refused(finder, 401, "wrong_credentials")


def test_the_site_and_the_staff_side_say_it_too(haneul: User) -> None:
    replaced(haneul)
    assert LOST in Visitor().sign_in("P-7001", PASSWORD).content.decode()
    assert LOST not in Visitor().sign_in("P-7001", "guess").content.decode()
    assert LOST in Door().sign_in("P-7001", PASSWORD).content.decode()
    assert "P-8001" in Visitor(User.objects.get(pk=haneul.pk)).see("/me/card")


def test_the_desk_lends_nothing_to_it(haneul: User) -> None:
    replaced(haneul)
    desk = a_librarian(roles=["desk"])
    assert LOST in desk.scan("p-7001")
    assert "No card, no copy and no book" in desk.scan("P-7000")
    assert haneul.name in desk.scan("P-8001")


@pytest.mark.parametrize("number", ["P-7001", "p-7001"])
def test_a_number_is_never_another_persons(haneul: User, number: str) -> None:
    replaced(haneul)
    jo = register_patron(card_number="P-7002", name="Jo", password=PASSWORD, now=timezone.now())
    for give in (
        lambda: register_patron(card_number=number, name="Amy", password=PASSWORD, now=timezone.now()),
        lambda: replaced(jo, number),
        lambda: replaced(haneul, number),
        lambda: replaced(jo, "P-8001"),
    ):
        with pytest.raises(CardNumberTaken):
            give()
    with pytest.raises(IntegrityError), transaction.atomic():
        Card.objects.create(person=jo, number=number, given_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(number, name="Amy")
    ada = a_librarian_by_api()
    refused(ada.post("patrons", {"card_number": number, "name": "Amy", "email": ""}), 409, "card_number_taken")
    refused(ada.post(f"patrons/{jo.pk}/card", {"card_number": number, "reason": "x"}), 409, "card_number_taken")


@pytest.mark.parametrize(("field", "value"), [("card_number", "two words"), ("reason", ""), ("reason", None)])
def test_a_replacement_has_a_number_and_a_reason(haneul: User, field: str, value: Any) -> None:
    body = {"card_number": "P-8001", "reason": "lost", field: value}
    refused(a_librarian_by_api().post(f"patrons/{haneul.pk}/card", body), 400, "invalid", field)


def test_the_desk_replaces_it_on_the_persons_page(haneul: User) -> None:
    desk = a_librarian(roles=["desk"])
    asked = desk.act("accounts_user", "replace_card", haneul)
    assert 'name="reason"' in asked
    fields = {"confirmed": "yes", "card_number": "P-8001", "reason": "lost on the bus"}
    assert "김하늘 has the card P-8001." in desk.act("accounts_user", "replace_card", haneul, **fields)
    assert "lost on the bus" in desk.see("accounts_user_change", haneul.pk)
    assert haneul.name in desk.see("accounts_user_changelist", q="P-7001")
    again = desk.act("accounts_user", "replace_card", haneul, **fields)
    assert "belongs to somebody already" in again


def test_nobody_replaces_the_card_of_who_may_do_more(haneul: User) -> None:
    operator = a_librarian("O-1", roles=["operator"]).user
    assert operator
    desk = a_librarian_by_api(roles=["desk"])
    refused(desk.post(f"patrons/{operator.pk}/card", {"card_number": "X-1", "reason": "x"}), 403, "permission_denied")
    page = a_librarian("L-2", roles=["desk"])
    fields = {"confirmed": "yes", "card_number": "X-1", "reason": "x"}
    page.act("accounts_user", "replace_card", operator, **fields)
    operator.refresh_from_db()
    assert operator.card_number == "O-1"
