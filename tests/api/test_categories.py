"""Categories of patrons, and the two fields of a patron that the rules of lending ask for."""

import pytest

from accounts.models import User
from kernel.eventbus.models import Event
from tests.admin.door import Door
from tests.api.answers import ONE_PATRON, done, refused
from tests.people import PASSWORD, Person

pytestmark = pytest.mark.django_db
CHILD = {"code": "child", "name_ko": "어린이", "name_en": "child"}
CARD = {"card_number": "P-7300", "name": "이서연", "email": "", "password": PASSWORD}


@pytest.fixture
def child(ada: Person) -> None:
    """A category of patrons."""
    done(ada.post("categories", CHILD), 201)


@pytest.mark.usefixtures("child")
def test_categories_are_seen_by_all_and_named_by_librarians(ada: Person, haneul: Person) -> None:
    assert done(Person().get("categories"))["results"] == [CHILD]
    refused(haneul.post("categories", {**CHILD, "code": "adult"}), 403, "permission_denied")
    refused(ada.post("categories", CHILD), 409, "category_known")
    assert done(ada.patch("categories/child", {"name_en": "children"})) == CHILD | {"name_en": "children"}
    refused(ada.patch("categories/none", {"name_en": "x"}), 404, "not_found")
    refused(ada.post("categories", {**CHILD, "code": "Not a code"}), 400, "invalid", "code")


@pytest.mark.usefixtures("child")
def test_a_patron_has_a_category_and_a_last_day(ada: Person) -> None:
    made = done(ada.post("patrons", {**CARD, "category": "child", "expires_on": "2027-02-28"}), 201)

    assert made.keys() == ONE_PATRON
    assert (made["category"], made["expires_on"]) == ("child", "2027-02-28")
    assert done(ada.get(f"patrons/{made['id']}")) == made
    assert done(ada.get("patrons", {"q": "P-7300"}))["results"] == [made]
    freed = done(ada.patch(f"patrons/{made['id']}", {"category": None, "expires_on": None}))
    assert (freed["category"], freed["expires_on"]) == (None, None)


def test_a_category_that_there_is_none_of_is_refused(ada: Person, haneul: Person) -> None:
    refused(ada.post("patrons", {**CARD, "category": "child"}), 400, "invalid", "category")
    refused(ada.patch(f"patrons/{haneul.id}", {"expires_on": "2027-02-30"}), 400, "invalid", "expires_on")


@pytest.mark.usefixtures("child")
def test_a_change_is_announced_without_what_it_is(ada: Person, haneul: Person) -> None:
    done(ada.patch(f"patrons/{haneul.id}", {"category": "child"}))

    said = Event.objects.get(name="PatronRevised")
    assert (said.key, said.by, said.payload["patron"]) == (f"patron:{haneul.id}", ada.id, haneul.id)
    assert said.payload.keys() == {"occurred_at", "patron"}


@pytest.mark.usefixtures("child")
def test_staff_choose_the_category_on_the_patrons_page(ada: Person, haneul: Person) -> None:
    assert ada.user
    desk = Door(ada.user)
    fields = {"name": "김하늘", "language": "ko", "is_active": "on", "category": "child", "expires_on": "2027. 2. 28."}
    desk.send("accounts_user_change", haneul.id, **fields)

    patron = User.objects.get(pk=haneul.id)
    assert (patron.category_id, str(patron.expires_on)) == ("child", "2027-02-28")
    desk.send("accounts_category_add", code="teacher", name_ko="교사", name_en="teacher")
    assert "teacher" in desk.see("accounts_category_changelist")
