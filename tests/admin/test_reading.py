"""What people read on the staff side: words, money, dates and languages in their own way, and marks that are true."""

import re
from datetime import UTC, date, datetime

import pytest
from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import override

from catalog.models import Book, Copy
from catalog.services import register_book
from fines.models import Fine
from fines.schedules.services import adopt_fee_schedule
from fines.services import Overpayment, pay_fine
from lending.checkout.services import borrow_book
from tests.admin.door import Door, a_patron, a_superuser
from tests.admin.test_catalogue import RECORD
from tests.admin.test_every_page import MODELS, a_busy_library, page
from tests.admin.test_till import a_fine
from tests.bus import Bus
from tests.people import a_librarian as a_person
from tests.reading import text_of

pytestmark = pytest.mark.django_db
GOOD_OR_BAD = {"accounts.User": 1, "webhooks.Endpoint": 1}
"""The only columns whose ticks and crosses say good and bad: whether a card or a webhook is active."""


def in_korean(door: Door) -> Door:
    """The same browser, whose reader chose Korean."""
    door.post(reverse("set_language"), {"language": "ko"})
    return door


def test_ticks_and_crosses_mean_good_and_bad(bus: Bus) -> None:
    a_busy_library(bus)
    door = a_superuser()
    for model in MODELS:
        row = re.search(r"<tbody>.*?</tr>", door.see(page(model, "changelist")), re.S)
        marks = len(re.findall(r"icon-(?:yes|no)\.svg", row[0])) if row else 0
        assert marks <= GOOD_OR_BAD.get(model._meta.label, 0), model


def test_a_copy_says_where_it_is(librarian: Door, bus: Bus) -> None:
    book = register_book(now=timezone.now(), title="소나기", copies=3)
    bus.settle()
    borrow_book(patron_id=a_patron().pk, book_id=book.pk, now=timezone.now())
    bus.settle()
    Copy.objects.filter(pk=max(book.copies.values_list("pk", flat=True))).update(withdrawn_at=timezone.now())
    said = re.findall(r'class="field-where"[^>]*>([^<]+)<', librarian.see("catalog_copy_changelist"))
    assert sorted(said) == ["on loan", "on the shelf"]
    assert "서가에 있음" in in_korean(librarian).see("catalog_book_change", book.pk)


def test_lists_with_actions_count_what_is_chosen_and_offer_no_whole_list(librarian: Door) -> None:
    for number in range(2):
        register_book(now=timezone.now(), title=f"토지 {number}")
    shown = librarian.see("catalog_book_changelist")
    assert 'data-actions-icnt="2"' in shown
    assert "across all pages" not in shown


def test_a_waiver_names_what_is_owed_still(librarian: Door) -> None:
    fine = a_fine(1)
    pay_fine(fine.pk, amount=300, by_id=fine.patron_id, now=timezone.now())
    asked = text_of(librarian.act("fines_fine", "waive", fine))
    assert "700 KRW are owed" in asked
    assert "1000" not in asked.replace("1,000", "")
    assert "미납액 700원" in in_korean(librarian).act("fines_fine", "waive", fine)


@pytest.mark.parametrize(("language", "right", "wrong"), [("ko", "1,000원", "KRW"), ("en", "1,000 KRW", "원")])
def test_money_is_written_one_way_in_each_language(
    librarian: Door, bus: Bus, language: str, right: str, wrong: str
) -> None:
    fine = a_fine(1)
    bus.settle()
    adopt_fee_schedule(given={"tiers": {1: 1000}}, valid_from=timezone.localdate(), now=timezone.now())
    librarian.post(reverse("set_language"), {"language": language})
    pages = [
        librarian.see("index"),
        librarian.see("fines_fine_changelist"),
        librarian.see("fines_fine_change", fine.pk),
        librarian.act("fines_fine", "waive", fine),
        librarian.act("fines_fine", "take_payment", fine),
        librarian.see("fines_feeschedule_changelist"),
        librarian.scan("P-7501"),
    ]
    for shown in pages:
        body = re.sub(r"<(script|option|title)\b.*?</\1>|fine-explanation.*?</div>", "", shown, flags=re.S)
        assert right in body
        sums = text_of(re.sub(r"field-explanation.*?</div>\s*</div>", "", body, flags=re.S))
        assert not re.search(rf"\d ?{wrong}", sums)
        assert not re.search(r">\s*1000\b", body)
    with override(language):
        assert right in str(Overpayment(owed=1000, amount=2000))


def test_an_amount_may_be_typed_as_it_is_written(librarian: Door) -> None:
    fine = a_fine(1)
    typed = {f"amount_{fine.pk}": "1,000원", f"owed_{fine.pk}": "1000"}
    assert "1,000 KRW taken" in librarian.act("fines_fine", "take_payment", fine, confirmed="yes", **typed)
    assert Fine.objects.get().entries.count() == 2


@pytest.mark.parametrize("year", ["-5", "0", "2101", "3000"])
def test_a_year_that_no_book_has_is_refused_everywhere(librarian: Door, year: str) -> None:
    shown = librarian.send("catalog_book_add", **{**RECORD, "published_year": year})
    assert "Ensure this value is" in shown
    assert a_person().post("books", {"title": "Emma", "published_year": int(year)}).status_code == 400
    assert not Book.objects.exists()


def test_a_language_is_chosen_by_its_name(librarian: Door) -> None:
    form = librarian.see("catalog_book_add")
    assert re.search(r'<option value="ko"[^>]*>Korean</option>', form)
    assert re.search(r'<option value="ko"[^>]*>한국어</option>', in_korean(librarian).see("catalog_book_add"))
    book = register_book(now=timezone.now(), title="Tristan", language="en-GB")
    rare = register_book(now=timezone.now(), title="Gilgamesh", language="akk")
    assert "영국식 영어" in librarian.see("catalog_book_changelist") or "영어" in librarian.see(
        "catalog_book_changelist"
    )
    assert re.search(r'<option value="en-GB" selected', librarian.see("catalog_book_change", book.pk))
    assert re.search(r'<option value="akk" selected', librarian.see("catalog_book_change", rare.pk))


def test_korean_times_and_typed_dates() -> None:
    with override("ko"):
        moment = timezone.localtime(datetime(2026, 11, 28, 2, 47, tzinfo=UTC))
        assert formats.date_format(moment, "DATETIME_FORMAT") == "2026. 11. 28. 오전 11:47"
        assert formats.time_format(moment) == "오전 11:47"
        for typed in ("2026. 11. 28.", "2026.11.28", "2026-11-28", "20261128", "2026년 11월 28일"):
            assert forms.DateField().clean(typed) == date(2026, 11, 28)
        assert forms.DateTimeField().clean("2026. 11. 28. 09:30").hour == 9


def test_a_doubled_tier_is_refused_in_the_readers_language(librarian: Door) -> None:
    shown = in_korean(librarian).send("fines_feeschedule_add", tiers="1: 100\n1: 200")
    assert "같은 날" in shown


def test_no_admin_switches_the_counter_off() -> None:
    assert all(one.actions_selection_counter for one in admin.site._registry.values())
