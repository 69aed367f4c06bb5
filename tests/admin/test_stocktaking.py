"""A stocktaking through the staff side: begun, scanned along a shelf, and its results acted on."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from catalog.models import Copy, Scan, Stocktaking, StocktakingFile
from catalog.services import withdraw_copy
from desk.stocktaking import lists
from lending.checkout.services import borrow_book
from lending.marks.rules import Mark
from lending.marks.services import mark_copy
from lending.models import Copy as LentCopy
from lending.models import Loan
from tests.admin.door import Door, a_librarian
from tests.bus import Bus
from tests.catalog.stocktaking.shelves import on_lists, shelve

pytestmark = pytest.mark.django_db
SCOPE = {"name": "어린이실 점검", "states": ["shelf", "damaged"], "rooms": "어린이실", "shelving_marks": "아동"}


@pytest.fixture
def shelves(bus: Bus, librarian: Door) -> None:
    """Three copies on the children's shelf, and one each of what may be found there."""
    haneul = User.objects.create_user("P-1", "x", name="김하늘")
    names = ("A1", "A2", "A3", "LENT", "LOST", "GONE", "BOX")
    here = {name: shelve(name, "813.8 김64ㅅ", room="어린이실", shelving_mark="아동") for name in names}
    shelve("OTHER", "813.7 박94ㄴ", room="종합실")
    bus.settle()
    now = timezone.now()
    lent = borrow_book(patron_id=haneul.pk, book_id=here["LENT"].book_id, barcode="LENT", now=now)
    Loan.objects.filter(pk=lent.pk).update(due_on=timezone.localdate() - timedelta(days=3))
    Loan.objects.filter(pk=lent.pk).update(borrowed_at=now - timedelta(days=20))
    mark_copy(here["LOST"].pk, mark=Mark.LOST, now=now)
    mark_copy(here["BOX"].pk, mark=Mark.IN_REPAIR, now=now)
    withdraw_copy(here["GONE"].pk, now=now)
    bus.settle()


def begun(door: Door) -> Stocktaking:
    """Fills in the scope."""
    door.send("catalog_stocktaking_add", **SCOPE, form_key="one")
    return Stocktaking.objects.get()


def scan(door: Door, one: Stocktaking, typed: str, key: str = "") -> dict[str, Any]:
    """What a script is answered."""
    fields = {"typed": typed, "form_key": key, "stretch": "page"}
    address = reverse("admin:desk_stocktaking_scan", args=[one.pk])
    answer = door.post(address, fields, headers={"Accept": "application/json"})
    return dict(json.loads(answer.content))


def act(door: Door, one: Stocktaking, name: str, what: str, **fields: Any) -> str:
    """Sends what is chosen on a list."""
    return door.send("desk_stocktaking_list", one.pk, name, act=what, **fields)


def test_it_is_begun_once_and_says_what_it_is_about(librarian: Door, shelves: None) -> None:
    assert "No copy is expected" in librarian.send("catalog_stocktaking_add", **{**SCOPE, "rooms": "서고"})
    assert "stands before the first one" in librarian.send(
        "catalog_stocktaking_add", **SCOPE, first_call_number="900", last_call_number="800"
    )
    one = begun(librarian)
    assert (one.expected, one.rooms, one.shelving_marks, one.started_by) == (
        3,
        ["어린이실"],
        ["아동"],
        librarian.user.pk,
    )
    librarian.send("catalog_stocktaking_add", **SCOPE, form_key="one")
    page = librarian.see("desk_stocktaking", one.pk)
    assert "어린이실" in page
    assert date_format(timezone.localtime(one.started_at), "DATETIME_FORMAT") in page
    assert 'max="3" value="0"' in page
    assert Stocktaking.objects.count() == 1


def test_scans_are_answered_in_words_and_counted_once(librarian: Door, shelves: None) -> None:
    one = begun(librarian)
    first = scan(librarian, one, "a1", "k1")
    assert "In its place." in first["acts"][0]["html"]
    assert 'value="1"' in first["progress"]
    assert first["sound"] == "back"
    assert scan(librarian, one, "A1", "k1")["acts"] == first["acts"]
    again = scan(librarian, one, "A1", "k2")["acts"][0]
    assert "Scanned before, by Ada Shelf" in again["html"]
    for typed, words in (
        ("LENT", "On loan, yet here"),
        ("LOST", "Missing or lost, yet here"),
        ("GONE", "Withdrawn, yet here"),
        ("BOX", "In repair or held, yet here"),
        ("OTHER", "It belongs on another shelf: 813.7 박94ㄴ, 종합실"),
        ("X-1", "No copy has this number."),
    ):
        answer = scan(librarian, one, typed)
        assert words in answer["acts"][0]["html"], typed
        assert answer["sound"] == "refused"
    assert scan(librarian, one, "")["errors"]
    page = librarian.send("desk_stocktaking_scan", one.pk, typed="A2", stretch="page")
    assert "A2: In its place." in page
    assert 'name="stretch" value="page"' in page


def test_stopped_it_takes_no_scan_and_ended_it_stays_as_a_report(librarian: Door, shelves: None) -> None:
    one = begun(librarian)
    librarian.send("desk_stocktaking_stop", one.pk)
    assert "it is stopped" in scan(librarian, one, "A1")["errors"][0]
    assert 'id="box"' not in librarian.see("desk_stocktaking", one.pk)
    librarian.send("desk_stocktaking_go_on", one.pk)
    scan(librarian, one, "A1")
    assert "Not found: 2" in librarian.see("desk_stocktaking_end", one.pk)
    page = librarian.send("desk_stocktaking_end", one.pk)
    assert "1 of 3 expected copies had been found and 2 had not" in page
    assert "it is ended" in librarian.send("desk_stocktaking_end", one.pk)
    for name in ("A2", "A3"):
        assert name in librarian.see("desk_stocktaking_list", one.pk, "missing")


def test_what_is_missing_is_marked_or_found_by_hand(librarian: Door, shelves: None, bus: Bus) -> None:
    one = begun(librarian)
    scan(librarian, one, "A1")
    ids = dict(Copy.objects.values_list("barcode", "pk"))
    preview = act(librarian, one, "missing", "mark_missing", chosen=[ids["A2"]])
    assert "It will be missing and can’t be lent." in preview.replace("&#x27;", "’").replace("'", "’")
    assert LentCopy.objects.get(barcode="A2").condition == "ok"
    assert "Mark as missing: 1 done." in act(
        librarian, one, "missing", "mark_missing", chosen=[ids["A2"]], confirmed="yes"
    )
    assert LentCopy.objects.get(barcode="A2").condition == "missing"
    act(librarian, one, "missing", "here", chosen=[ids["A3"]], confirmed="yes")
    bus.settle()
    assert on_lists(one) == {}
    assert Scan.objects.get(barcode="A3").by == librarian.user.pk
    assert "Nothing on the list is chosen." in act(librarian, one, "missing", "mark_missing", confirmed="yes")


def test_what_was_read_is_acted_on_all_at_once(librarian: Door, shelves: None, bus: Bus) -> None:
    one = begun(librarian)
    for name in ("A1", "A2", "A3", "LENT", "LOST", "GONE", "BOX", "OTHER", "X-1"):
        scan(librarian, one, name)
    preview = act(librarian, one, "on_loan", "take_back", all="yes")
    assert "김하늘 · P-1" in preview
    assert "3 days late" in preview
    back_on = timezone.localdate() - timedelta(days=5)
    act(librarian, one, "on_loan", "take_back", all="yes", confirmed="yes", returned_on=str(back_on))
    loan = Loan.objects.get()
    assert (loan.status, loan.returns.get().returned_on, loan.returns.get().days_late) == ("returned", back_on, 0)
    act(librarian, one, "found", "mark_found", all="yes", confirmed="yes")
    act(librarian, one, "elsewhere", "shelve", all="yes", confirmed="yes")
    act(librarian, one, "misplaced", "keep_here", all="yes", confirmed="yes")
    for name in ("withdrawn", "unknown"):
        act(librarian, one, name, "settle", all="yes", confirmed="yes")
    bus.settle()
    assert on_lists(one) == {}
    assert {*LentCopy.objects.filter(withdrawn=False).values_list("place", "condition")} == {("shelf", "ok")}
    other = Copy.objects.get(barcode="OTHER")
    assert (other.room, other.shelving_mark) == ("어린이실", "아동")


def test_what_stands_against_an_act_is_said_before_and_after(librarian: Door, shelves: None, bus: Bus) -> None:
    one = begun(librarian)
    lent = Copy.objects.get(barcode="A1")
    borrow_book(patron_id=User.objects.get(card_number="P-1").pk, book_id=lent.book_id, now=timezone.now())
    preview = act(librarian, one, "missing", "mark_missing", all="yes")
    assert "The copy A1 is on loan" in preview
    assert "with 1 of them" in preview
    answer = act(librarian, one, "missing", "mark_missing", all="yes", confirmed="yes")
    assert "The copy A1 is on loan" in answer
    assert "Mark as missing: 2 done." in answer
    future = {"returned_on": str(date.max)}
    scan(librarian, one, "LENT")
    assert "in the future" in act(librarian, one, "on_loan", "take_back", all="yes", confirmed="yes", **future)
    assert Loan.objects.filter(status="returned").count() == 0


def test_a_list_is_a_file_too_and_roles_see_their_own_acts(librarian: Door, shelves: None) -> None:
    one = begun(librarian)
    address = reverse("admin:desk_stocktaking_list", args=[one.pk, "missing"])
    lines = librarian.get(address, {"as": "csv"}).content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert "아동 813.8 김64ㅅ,어린이실,책 A1,A1" in lines[1]
    cataloguer, desk = a_librarian("L-2", roles=["cataloguer"]), a_librarian("L-3", roles=["desk"])
    assert 'value="mark_missing"' not in cataloguer.see("desk_stocktaking_list", one.pk, "missing")
    assert 'value="mark_missing"' in desk.see("desk_stocktaking_list", one.pk, "missing")
    sent = {"act": "mark_missing", "all": "yes", "confirmed": "yes"}
    assert cataloguer.post(address, sent).status_code == 403
    assert desk.get(reverse("admin:catalog_stocktaking_add")).status_code == 403
    cashier = a_librarian("L-4", roles=["cashier"])
    assert cashier.get(address).status_code == 403
    assert librarian.get(reverse("admin:desk_stocktaking_list", args=[one.pk, "nonsense"])).status_code == 404


def test_the_whole_list_is_printed_however_many_pages_it_has(
    librarian: Door, shelves: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = begun(librarian)
    assert 'id="print"' in librarian.see("desk_stocktaking_list", one.pk, "missing")
    monkeypatch.setattr(lists, "PER_PAGE", 2)
    page = librarian.see("desk_stocktaking_list", one.pk, "missing")
    assert ('<a class="button" href="?whole=yes">Print</a>' in page, ">A3<" in page) == (True, False)
    whole = librarian.see("desk_stocktaking_list", one.pk, "missing", whole="yes")
    assert all(f">{barcode}</td>" in whole for barcode in ("A1", "A2", "A3"))
    assert 'id="print" data-at-once' in whole
    assert "On this list: 3" in whole
    assert not any(part in whole for part in ('name="chosen"', 'name="act"', "?page=2"))
    monkeypatch.setattr(lists, "MOST_IN_FILE", 2)
    monkeypatch.setattr(lists.WholeList, "most", 2)
    assert "On this list: 2+" in librarian.see("desk_stocktaking_list", one.pk, "missing", whole="yes")


def test_a_file_is_uploaded_for_the_stocktaking(librarian: Door, shelves: None) -> None:
    one = begun(librarian)
    form = librarian.see("catalog_stocktakingfile_add", stocktaking=one.pk)
    assert f'<option value="{one.pk}" selected>' in form
    file = SimpleUploadedFile("scanned.txt", b"A1\nA2\n")
    page = librarian.send("catalog_stocktakingfile_add", file=file, stocktaking=one.pk)
    assert "A1" in page
    assert StocktakingFile.objects.get().options == {"stocktaking": one.pk}


def test_pages_take_few_statements_however_much_was_scanned(
    librarian: Door, shelves: None, django_assert_max_num_queries: Any
) -> None:
    one = begun(librarian)
    for number in range(40):
        scan(librarian, one, f"X-{number}")
    for page, args in (("desk_stocktaking", ()), ("desk_stocktaking_list", ("unknown",)), ("desk_stocktaking_end", ())):
        with django_assert_max_num_queries(12):
            librarian.see(page, one.pk, *args)
