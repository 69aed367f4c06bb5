"""A sitting at the desk: what it remembers, undoes and prints, and who sits there."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalog.services import register_book
from desk.models import Act
from desk.scanning.meaning import Command
from fines.services import pay_account
from lending.blocks.services import block_patron, lift_block
from lending.holds.services import place_hold
from lending.models import Loan
from tests.admin.door import Door, a_librarian, a_moment_later, a_patron, said
from tests.admin.test_desk import answered
from tests.admin.test_till import a_fine
from tests.bus import Bus
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db


def test_each_act_of_the_sitting_is_undone_once(librarian: Door, haneul: User, barcodes: list[str]) -> None:
    librarian.lend("P-7101", barcodes[0])
    librarian.lend("P-7101", barcodes[1])
    a_moment_later()
    librarian.scan(barcodes[1])
    lent, _other, back = Act.objects.order_by("pk")
    for _again in range(2):
        assert "undone" in librarian.send("desk_act", undo=back.pk, patron=haneul.pk)
    assert said().count("ReturnUndone") == 1
    librarian.send("desk_act", undo=lent.pk, patron=haneul.pk)
    assert Loan.objects.get(pk=lent.loan).status == "cancelled"
    stranger = a_librarian("L-2")
    assert stranger.post(reverse("admin:desk_act"), {"undo": lent.pk}).status_code == 404


def test_commands_stand_in_for_buttons(librarian: Door, haneul: User, barcodes: list[str]) -> None:
    sheet = librarian.see("desk_commands")
    assert all(command in sheet for command in Command)
    librarian.lend("P-7101", barcodes[0])
    assert "Renewed until" in librarian.scan("desk-renew", patron=haneul.pk)
    shown = answered(librarian, "DESK-UNDO", patron=haneul.pk)
    assert said()[-1] == "RenewalUndone"
    assert "undone" in shown["acts"][0]["html"]
    librarian.scan("DESK-UNDO", patron=haneul.pk)
    assert said()[-1] == "LoanUndone"
    assert answered(librarian, "DESK-NEXT", patron=haneul.pk)["on_screen"] is None
    assert answered(librarian, "ㅇㄷ나-ㅜㄷㅌㅅ", patron=haneul.pk)["on_screen"] is None
    assert answered(librarian, "DESK-SLIP", patron=haneul.pk)["slip"] is True


def test_a_slip_says_what_is_out_and_what_came_back(librarian: Door, haneul: User, barcodes: list[str]) -> None:
    for barcode in barcodes[:2]:
        librarian.lend("P-7101", barcode)
    a_moment_later()
    librarian.scan(barcodes[0])
    slip = librarian.see("desk_slip", patron=haneul.pk)
    assert slip.count("소나기") == 2
    assert "Brought back" in slip
    assert librarian.get(reverse("admin:desk_slip"), {"patron": 0}).status_code == 404


def test_an_idle_desk_asks_who_is_there(librarian: Door, haneul: User) -> None:
    librarian.post(reverse("admin:desk_away"))
    page = librarian.see("desk")
    assert "Who is there?" in page
    assert 'id="box"' not in page
    assert librarian.post(reverse("admin:desk_scan"), {"typed": "P-7101"}).headers["Location"] == reverse("admin:desk")
    assert "That is not your password." in librarian.send("desk_here", password="guess")
    assert 'id="box"' in librarian.send("desk_here", password=PASSWORD)
    librarian.post(reverse("admin:desk_away"))
    librarian.post(reverse("admin:desk_here"), {"other": "yes"})
    assert librarian.get(reverse("admin:desk")).status_code == 302


def test_a_new_sitting_drops_what_older_ones_noted(librarian: Door, haneul: User, barcodes: list[str]) -> None:
    librarian.lend("P-7101", barcodes[0])
    a_moment_later(25 * 3600)
    assert "Lent until" in librarian.see("desk")
    a_librarian("L-2").see("desk")
    assert not Act.objects.exists()


def test_a_scan_after_the_session_ended_is_shown_as_not_done(barcodes: list[str]) -> None:
    patron, desk = a_patron("P-9001"), a_librarian("L-9001")
    desk.logout()
    sign_in = desk.post(reverse("admin:desk_scan"), {"typed": barcodes[0], "patron": patron.pk}, follow=True)
    assert "what you sent was not done" in sign_in.content.decode()
    assert not Loan.objects.exists()

    fields = {"username": "L-9001", "password": PASSWORD, "next": sign_in.context["next"]}
    shown = desk.post(reverse("admin:login"), fields, follow=True).content.decode()
    assert f"The scan of {barcodes[0]} was not done" in shown
    assert f'value="{barcodes[0]}"' in shown
    assert f'name="patron" value="{patron.pk}"' in shown


def test_a_scan_that_is_sent_again_does_nothing_and_is_answered_as_before(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    key = str(uuid.uuid4())
    first = answered(librarian, barcodes[0], patron=haneul.pk, form_key=key)
    again = answered(librarian, barcodes[0], patron=haneul.pk, form_key=key)
    assert [act["id"] for act in again["acts"]] == [act["id"] for act in first["acts"]]
    Act.objects.all().delete()  # as if the process had died between lending and its note
    assert "Lent until" in answered(librarian, barcodes[0], patron=haneul.pk, form_key=key)["acts"][0]["html"]
    assert said().count("BookBorrowed") == 1
    assert "BookReturned" not in said()


def test_an_undo_that_is_sent_again_undoes_nothing_more(librarian: Door, haneul: User, barcodes: list[str]) -> None:
    for barcode in barcodes[:2]:
        librarian.lend("P-7101", barcode)
    key = str(uuid.uuid4())
    first = answered(librarian, "DESK-UNDO", patron=haneul.pk, form_key=key)
    Act.objects.update(voided_at=None)  # as if the process had died between undoing and its note
    again = answered(librarian, "DESK-UNDO", patron=haneul.pk, form_key=key)
    assert [act["id"] for act in again["acts"]] == [act["id"] for act in first["acts"]]
    assert "undone" in again["acts"][0]["html"]
    assert said().count("LoanUndone") == 1
    answered(librarian, "DESK-UNDO", patron=haneul.pk)
    assert said().count("LoanUndone") == 2


def test_a_button_to_undo_that_is_sent_again_is_answered_as_before(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    librarian.lend("P-7101", barcodes[0])
    asked = {"undo": Act.objects.get().pk, "patron": haneul.pk, "form_key": str(uuid.uuid4())}
    librarian.send("desk_act", **asked)
    Act.objects.update(voided_at=None)
    librarian.send("desk_act", **asked)
    assert [(act.kind, act.voided_at is None) for act in Act.objects.all()] == [("lent", False)]


def test_a_scan_that_is_sent_again_while_it_is_done_is_answered_as_the_first(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    """A browser that waited for long sends it again, and the first one is done only then."""
    scan = {"typed": barcodes[0], "patron": haneul.pk, "form_key": str(uuid.uuid4())}
    first = list[Any]()

    def meanwhile(run: Any, sql: str, *rest: Any) -> Any:
        seen = run(sql, *rest)
        if "http_keptanswer" in sql and not first:
            first.append(scan)
            answered(librarian, **scan)
            Act.objects.all().delete()  # it is about to be noted
        return seen

    with connection.execute_wrapper(meanwhile):
        second = answered(librarian, **scan)
    assert "Lent until" in second["acts"][0]["html"]
    assert said().count("BookBorrowed") == 1


def test_a_scan_that_was_refused_and_is_sent_again_says_what_it_does_now(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    key, desk = str(uuid.uuid4()), {"by_id": librarian.user.pk, "now": timezone.now()}
    block = block_patron(patron_id=haneul.pk, reason="책 훼손", until=None, **desk)
    assert "act refused" in answered(librarian, barcodes[0], patron=haneul.pk, form_key=key)["acts"][0]["html"]
    lift_block(block.pk, reason="변상", **desk)
    assert "act lent" in answered(librarian, barcodes[0], patron=haneul.pk, form_key=key)["acts"][0]["html"]
    assert list(Act.objects.values_list("kind", flat=True)) == ["lent"]


def test_a_copy_that_is_read_twice_within_five_seconds_says_what_the_first_did(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    librarian.lend("P-7101", barcodes[0])
    twice = answered(librarian, barcodes[0], patron=haneul.pk)
    assert (twice["sound"], "Read twice" in twice["acts"][0]["html"]) == ("refused", True)
    assert Loan.objects.get().status == "active"
    assert answered(librarian, barcodes[0], waited=3_000)["sound"] == "refused"
    a_moment_later()
    assert answered(librarian, barcodes[0])["sound"] == "back"


def test_what_the_browser_says_of_reading_twice_counts_however_long_a_scan_was_on_its_way(
    librarian: Door, haneul: User, barcodes: list[str]
) -> None:
    answered(librarian, barcodes[0], patron=haneul.pk, form_key="first", again_of="")
    a_moment_later()
    assert "Read twice" in answered(librarian, barcodes[0], again_of="first")["acts"][0]["html"]
    Act.objects.update(at=timezone.now())
    assert answered(librarian, barcodes[0], again_of="")["sound"] == "back"


@pytest.mark.parametrize("waited", ["-1500", str(10**25)])
def test_a_scan_is_done_however_the_clock_of_the_browser_was_moved(
    librarian: Door, haneul: User, barcodes: list[str], waited: str
) -> None:
    assert answered(librarian, barcodes[0], patron=haneul.pk, waited=waited)["sound"] == "lent"


@pytest.mark.parametrize("page", ["desk", "desk_scan"])
def test_a_number_that_nobody_can_have_is_no_fault_of_the_server(librarian: Door, page: str) -> None:
    get = librarian.get if page == "desk" else librarian.post
    assert get(reverse(f"admin:{page}"), {"patron": str(10**25)}).status_code == 200


def test_refusals_are_said_and_kept_in_the_list(librarian: Door, haneul: User, barcodes: list[str]) -> None:
    User.objects.filter(pk=haneul.pk).update(is_active=False)
    assert "The card P-7101 is not active." in librarian.scan("P-7101")
    assert "The card P-7101 is not active." in librarian.see("desk")
    assert not Loan.objects.exists()


def test_slips_for_a_hold_and_a_payment(librarian: Door, haneul: User, bus: Bus) -> None:
    book = register_book(now=timezone.now(), title="토지", copies=1)
    bus.settle()
    barcode = book.copies.get().barcode
    librarian.lend("P-7101", barcode)
    waiting = a_patron("P-7102", "이몽룡")
    place_hold(patron_id=waiting.pk, book_id=book.pk, now=timezone.now())
    a_moment_later()
    assert f"/admin/desk/hold-slip/?copy={barcode}" in librarian.scan(barcode)
    slip = librarian.see("desk_hold_slip", copy=barcode)
    assert "이몽룡" in slip
    assert "to be collected by" in slip
    assert "to be collected by" in librarian.see("desk_slip", patron=waiting.pk)
    fine = a_fine()
    payment, _settled = pay_account(
        fine.patron_id, amount=400, method="cash", by_id=librarian.user.pk, now=timezone.now()
    )
    address = reverse("admin:desk_receipt", args=[fine.patron_id, payment.pk])
    assert address in librarian.see("desk_account", fine.patron_id)
    receipt = librarian.see("desk_receipt", fine.patron_id, payment.pk)
    assert [part in receipt for part in ("토지 1", "400 KRW", "600 KRW stay owed.", "cash", "P-7501")] == [True] * 5
    assert librarian.get(reverse("admin:desk_receipt", args=[haneul.pk, payment.pk])).status_code == 404
