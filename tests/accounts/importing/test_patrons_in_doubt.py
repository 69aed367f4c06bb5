"""A card number of somebody with another name is in doubt; an import can be taken back."""

from pathlib import Path

import pytest
from django.utils import timezone

from accounts.cards import replace_card
from accounts.models import PatronDoubt, User
from kernel.eventbus.models import Event
from tests.accounts.importing.runs import a_table, figures, imported, patron, reasons, the_doubt, undone
from tests.admin.door import Door, a_librarian

pytestmark = pytest.mark.django_db

HA = "A0001,하윤서,yunseo@example.org,01012345678,,1990. 5. 1.,"
MARRIED = "a0001,하윤서 (개명),new@example.org,,,,비고"


@pytest.fixture
def administrator(tmp_path: Path) -> Door:
    """Somebody who may decide; a patron is here, and the file has another name for the number."""
    imported(a_table(tmp_path, HA))
    assert figures(imported(a_table(tmp_path, MARRIED))) == (1, 0, 0, 0, 0, 1)
    return a_librarian(roles=["administrator"])


def test_another_name_waits_and_changes_nothing(administrator: Door, tmp_path: Path) -> None:
    assert patron("A0001").name == "하윤서"
    page = administrator.see("accounts_patrondoubt_change", the_doubt().pk)
    assert "하윤서 (개명)" in page
    assert "Another person" not in page
    imported(a_table(tmp_path, MARRIED))
    assert PatronDoubt.objects.count() == 1


def test_the_same_person_gets_what_was_missing(administrator: Door) -> None:
    assert "taken for the same person" in administrator.act("accounts_patrondoubt", "same", the_doubt())
    person = patron("A0001")
    assert (person.name, person.email, person.notes) == ("하윤서", "yunseo@example.org", "비고")


def test_who_was_said_to_be_the_same_is_not_asked_about_again(administrator: Door, tmp_path: Path) -> None:
    administrator.act("accounts_patrondoubt", "same", the_doubt())
    assert figures(imported(a_table(tmp_path, f"{MARRIED} 둘째 줄")))[-1] == 0
    assert figures(imported(a_table(tmp_path, MARRIED.replace("개명", "남편"))))[-1] == 1


def test_the_same_person_is_found_who_has_another_card_by_now(administrator: Door) -> None:
    replace_card(patron("A0001").pk, card_number="A0009", reason="lost", now=timezone.now())
    assert "taken for the same person" in administrator.act("accounts_patrondoubt", "same", the_doubt())
    assert patron("A0009").notes == "비고"


def test_what_was_set_aside_is_not_asked_again(administrator: Door, tmp_path: Path) -> None:
    administrator.act("accounts_patrondoubt", "aside", the_doubt())
    assert reasons(imported(a_table(tmp_path, MARRIED))) == [(1, "set_aside")]
    assert patron("A0001").notes == ""


def test_one_number_twice_in_a_file_is_one_person_or_none(tmp_path: Path) -> None:
    report = imported(a_table(tmp_path, HA, "A0001,하 윤서,,,,,메모", "A0001,서지우,,,,,"))
    assert (figures(report), reasons(report)) == ((3, 1, 0, 1, 1, 0), [(3, "repeated")])
    assert patron("A0001").notes == "메모"


def test_the_number_of_a_replaced_card_brings_nobody(tmp_path: Path) -> None:
    imported(a_table(tmp_path, HA))
    replace_card(patron("A0001").pk, card_number="A0009", reason="lost", now=timezone.now())
    assert reasons(imported(a_table(tmp_path, HA, "a0001,서지우,,,,,"))) == [(1, "card_replaced"), (2, "card_replaced")]
    assert User.objects.get().name == "하윤서"


def test_undoing_closes_the_cards_and_puts_changes_back(tmp_path: Path) -> None:
    imported(a_table(tmp_path, "A0005,박새봄,,,,,"))
    imported(a_table(tmp_path, HA, "A0002,서지우,,,,,", "A0005,박새봄,,01011112222,,,"))
    User.objects.filter(card_number="A0002").update(last_login=timezone.now())
    assert "Taken back: 2; kept: 1." in undone()
    assert [patron(number).is_active for number in ("A0001", "A0002", "A0005")] == [False, True, True]
    assert patron("A0005").phone == ""
    assert Event.objects.filter(name="PatronRevised").count() == 3  # filled in, closed, put back


def test_after_undoing_the_corrected_file_counts(tmp_path: Path) -> None:
    imported(a_table(tmp_path, HA))
    undone()
    assert figures(imported(a_table(tmp_path, "A0001,서지우,,,,,"))) == (1, 1, 0, 0, 0, 0)
    person = User.objects.get()
    assert (person.name, person.email, person.born_on, person.is_active) == ("서지우", "", None, True)
    assert "Taken back: 1" in undone()
    assert not User.objects.get().is_active


def test_the_file_is_uploaded_looked_at_and_taken_in_on_the_staff_side(tmp_path: Path) -> None:
    administrator = a_librarian(roles=["administrator"])
    with a_table(tmp_path, HA).open("rb") as file:
        page = administrator.send("accounts_patronimport_add", file=file)
    assert page.count('checkbox-row"><input type="checkbox"') == 3, "the label of each stands beside it"
    assert "하윤서" in page
    assert "010-1234-5678" in page
    assert not User.objects.filter(is_staff=False).exists()
