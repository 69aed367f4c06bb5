"""The page of a patron's account: what is owed, what was paid, and each act with its sentence, confirmed once."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from fines.models import Entry, KnownSuspension
from fines.queries import balance_of, credit_of, fines
from fines.services import adopt_fee_schedule, charge_late_fee, pay_account
from tests.admin.door import Door, a_librarian, said
from tests.admin.test_till import a_fine
from tests.reading import text_of

pytestmark = pytest.mark.django_db
MOST = 12


def read(page: str) -> str:
    """The page's text without tags, as it is read."""
    return text_of(page.partition("</header>")[2])


def carried(page: str) -> dict[str, str]:
    """What the confirming form brings along unseen."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.partition('class="confirm')[2]))


def confirmed(door: Door, act: str, *args: int, query: dict[str, Any] | None = None, **typed: Any) -> str:
    """Opens the page of an act, types, and presses its button: what is read on the page that it leads to."""
    page = door.see(f"desk_{act}", *args, **(query or {}))
    return read(door.send(f"desk_{act}", *args, **{**carried(page), **typed}))


def test_a_payment_shows_what_it_covers_before_it_is_taken(librarian: Door) -> None:
    patron = a_fine().patron_id
    assert "1,000 KRW are owed. title amount 토지 1 1,000 KRW" in read(librarian.see("desk_pay", patron))
    assert "500 KRW more than is owed" in read(librarian.see("desk_pay", patron, amount="1,500", method="card"))
    assert "700 KRW stay owed." in read(librarian.see("desk_pay", patron, amount="300", method="card"))
    assert "whole number" in librarian.see("desk_pay", patron, amount="x", method="card")
    assert not Entry.objects.filter(kind="payment").exists()
    page = confirmed(librarian, "pay", patron, query={"amount": "1,500", "method": "card"})
    payment = Entry.objects.get(kind="payment")
    assert f"1,500 KRW taken (card, no. {payment.pk})." in page
    assert f"{payment.pk} payment −1,500 KRW card 토지 1: 1,000 KRW −500 KRW L-7101 Ada Shelf" in page
    assert "Ada Shelf Receipt Reverse payment Refund" in page, "what can be done stands at the end"
    assert page.index("payment −1,500 KRW") < page.index("charge 1,000 KRW")
    assert said()[-2:] == ["PaymentTaken", "FinePaid"]
    assert (balance_of(patron), credit_of(patron)) == (-500, 500)
    assert "500 KRW credit Pay out credit Take payment" in page, "with nothing owed the credit comes first"


def test_a_form_sent_twice_or_after_something_else_was_done_takes_nothing_more(librarian: Door) -> None:
    patron = a_fine().patron_id
    fields = carried(librarian.see("desk_pay", patron))
    other = carried(librarian.see("desk_pay", patron, amount="400", method="cash"))
    librarian.send("desk_pay", patron, **fields)
    assert "This form was saved before" in librarian.send("desk_pay", patron, **fields)
    assert "meanwhile, so nothing was done now" in librarian.send("desk_pay", patron, **other)
    assert [entry.amount for entry in Entry.objects.filter(kind="payment")] == [-1000]


def test_what_was_paid_is_refunded_reversed_and_paid_out_each_for_a_reason(librarian: Door) -> None:
    fine = a_fine()
    patron = fine.patron_id
    confirmed(librarian, "pay", patron)
    assert "1,000 KRW were paid." in read(librarian.see("desk_refund", patron, fine.pk))
    too_much = confirmed(librarian, "refund", patron, fine.pk, amount="1,001", reason="a mistake")
    assert "1,001 KRW are more than that." in too_much
    page = confirmed(librarian, "refund", patron, fine.pk, amount="400", reason="a mistake")
    assert "400 KRW refunded." in page
    assert "400 KRW credit" in page
    assert "a credit of 400 KRW" in read(librarian.see("desk_pay_out", patron))
    assert "300 KRW paid out" in confirmed(librarian, "pay_out", patron, amount="300", reason="asked for it")
    assert balance_of(patron) == -100
    payment = Entry.objects.get(kind="payment")
    page = confirmed(librarian, "reverse", patron, payment.pk, reason="the wrong card")
    assert "300 KRW of this payment were paid out since, so it can't be reversed." in page
    pay_account(patron, amount=300, by_id=librarian.user.pk, now=timezone.now())  # type: ignore[union-attr]
    page = read(librarian.see("desk_reverse", patron, payment.pk))
    assert f"Payment no. {payment.pk} of " in page
    assert "is void; the money goes back the same way. What it paid is owed again. title amount 토지 1 600 KRW" in page
    assert "This field is required" in librarian.send("desk_reverse", patron, payment.pk, reason="", seen="1")
    assert "is reversed." in confirmed(librarian, "reverse", patron, payment.pk, reason="the wrong card")
    assert "This payment was reversed already." in read(
        librarian.send("desk_reverse", patron, payment.pk, reason="again", seen="9")
    )
    assert (balance_of(patron), fines().get().owed) == (600, 600)
    assert "are forgiven. The reason is kept with it." in read(librarian.see("desk_waive", patron, fine.pk))
    assert "600 KRW waived." in confirmed(librarian, "waive", patron, fine.pk, reason="in hospital")
    page = read(librarian.see("desk_account", patron))
    assert [word in page for word in ("in hospital", "the wrong card", "asked for it", "· void")] == [True] * 4


def test_the_rest_of_a_suspension_is_bought_off(librarian: Door) -> None:
    patron, today = a_fine().patron_id, timezone.localdate()
    assert "There is no suspension" in read(librarian.get(reverse("admin:desk_buy_off", args=[patron]), follow=True)
                                            .content.decode())  # fmt: skip
    adopt_fee_schedule(given={"buy_off_rate": 100}, valid_from=today, now=timezone.now())
    KnownSuspension.objects.create(patron_id=patron, until=today + timedelta(days=2), restriction=1)
    page = read(librarian.see("desk_buy_off", patron))
    assert "3 days left at 100 KRW a day cost 300 KRW. 300 KRW are to be paid." in page
    assert "Buy off the suspension" in librarian.see("desk_account", patron)
    page = confirmed(librarian, "buy_off", patron, method="card")
    assert "3 days of suspension bought off for 300 KRW" in page
    assert "suspension bought off" in page
    assert said()[-1] == "SuspensionBoughtOff"
    assert balance_of(patron) == 1000, "what is owed otherwise stays owed"


def test_the_page_takes_few_queries_however_many_rows_there_are_and_is_paged(librarian: Door) -> None:
    patron, now = a_fine().patron_id, timezone.now()
    pay_account(patron, amount=700, by_id=librarian.user.pk, now=now)  # type: ignore[union-attr]
    few = costs(librarian, patron)
    for number in range(2, 40):
        charge_late_fee(patron_id=patron, loan_id=number, return_id=number, title="토지", days_late=8, now=now,
                        returned_on=timezone.localdate(now))  # fmt: skip
        pay_account(patron, amount=700, by_id=librarian.user.pk, now=now)  # type: ignore[union-attr]
    assert costs(librarian, patron) == few <= MOST
    page = librarian.see("desk_account", patron)
    assert page.count('id="movement-') == 50
    older = re.search(r'account/\?before=(\d+)"', page)
    assert older
    assert librarian.see("desk_account", patron, before=older[1]).count('id="movement-') == 78 - 50


def costs(door: Door, patron: int) -> int:
    """How many queries the page takes, while the process remembers what it may."""
    door.see("desk_account", patron)
    with CaptureQueriesContext(connection) as queries:
        door.see("desk_account", patron)
    return len(queries)


def test_each_act_is_for_who_has_its_right() -> None:
    fine = a_fine()
    desk, cashier = a_librarian("L-1", roles=["desk"]), a_librarian("L-2", roles=["cashier"])
    pages = {"account": (), "pay": (), "pay_out": (), "buy_off": (), "waive": (fine.pk,), "refund": (fine.pk,)}
    for name, more in pages.items():
        address = reverse(f"admin:desk_{name}", args=[fine.patron_id, *more])
        assert desk.get(address).status_code == 403, name
        assert cashier.get(address, follow=True).status_code == 200, name
    assert reverse("admin:desk_account", args=[fine.patron_id]) in cashier.see("fines_fine_change", fine.pk)
    assert reverse("admin:desk_account", args=[fine.patron_id]) in cashier.see("desk_patron", fine.patron_id)
    assert cashier.get(reverse("admin:desk_waive", args=[fine.patron_id + 1, fine.pk])).status_code == 404
