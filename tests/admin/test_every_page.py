"""Every page of the admin answers, without inline script or style, in a bounded number of queries."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.categories.models import Category, CategoryRule
from accounts.models import CardApplication, PatronImport, User
from catalog.models import BookImport, CopyType, StocktakingFile, TypeRule
from catalog.services import register_book
from catalog.stocktaking.services import start_stocktaking
from fines.models import Fine
from kernel.eventbus.models import Delivery, Event
from kernel.importing.models import Doubt
from kernel.labels.models import NumberRule
from lending.calendar.services import add_closure, add_opening, add_rule
from lending.checkout.services import borrow_book
from lending.deferral.decisions import request_loan
from lending.families.services import make_family
from lending.models import Loan, LoanImport
from lending.policies.services import adopt_policy
from lending.returns.services import return_book
from notices.models import Notice, Timing, Wording
from printing.models import LabelSheet
from tests.admin.door import Door, a_librarian, a_patron, a_superuser
from tests.bus import Bus, put_back
from tests.people import PASSWORD
from webhooks.models import Attempt, Endpoint

pytestmark = pytest.mark.django_db
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
ADDED_BY_HAND = {
    "accounts.Category", "accounts.CategoryRule", "accounts.PatronImport", "accounts.User", "catalog.Book",
    "catalog.BookImport", "catalog.CopyType", "catalog.Stocktaking", "catalog.StocktakingFile", "catalog.TypeRule",
    "fines.FeeSchedule", "labels.NumberRule", "lending.Block", "lending.CalendarRule", "lending.Closure",
    "lending.Family", "lending.Hold", "lending.LoanImport", "lending.Opening", "lending.Policy", "notices.Timing",
    "notices.Wording", "opac.LibraryPage", "opac.ReadingList", "printing.LabelSheet", "reporting.Visits",
    "webhooks.Endpoint",
}  # fmt: skip
CHANGED_BY_HAND = {
    "catalog.Book", "catalog.Copy", "catalog.CopyType", "catalog.TypeRule", "labels.NumberRule",
    "accounts.Category", "accounts.CategoryRule", "accounts.User", "lending.Family", "opac.LibraryPage",
    "opac.ReadingList", "printing.LabelSheet", "reporting.Visits", "webhooks.Endpoint", "notices.Wording",
}  # fmt: skip
TWICE = 2
INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|<style|\sstyle=|\son[a-z]+=|javascript:")


def a_busy_library(bus: Bus, *, loans: int = 1) -> None:
    """Something of everything: loans, a late return with its fine, a request, a dead delivery, a wrong password."""
    now = timezone.now()
    for number in range(loans):
        patron = a_patron(f"P-72{number:02}", "이연체")
        book = register_book(now=now, title=f"무진기행 {number}", authors=["김승옥"], copies=3)
        bus.settle()
        late = borrow_book(patron_id=patron.pk, book_id=book.pk, now=now, quantity=2)
        Loan.objects.filter(pk=late.pk).update(due_on=timezone.localdate(now) - timedelta(days=3))
        make_family(name="이씨네", members=[patron.pk], now=now)
        return_book(late.pk, now=now, quantity=1)
        request_loan(patron_id=patron.pk, book_id=book.pk, now=now)
        last = Delivery.objects.latest("pk")
        bus.settle()
        put_back(last, status="dead", error="LookupError")
    Door().sign_in("P-7200", "wrong")
    _webhooks(now, loans)
    _calendar(now, loans)
    _types(loans)
    _notices(now, loans)
    for number in range(loans):
        CardApplication.objects.create(name=f"이새봄 {number}", email="new@example.org", applied_at=now)
    BookImport.objects.create(kind="books", status="done", file_name="books.mrc", digest="0", created_at=now)
    one = start_stocktaking(name="무진 점검", states=["shelf"], by=None, now=now)
    options = {"options": {"stocktaking": one.pk}, "file_name": "scanned.txt", "digest": "3"}
    StocktakingFile.objects.create(kind="stocktaking", status="done", created_at=now, **options)
    PatronImport.objects.create(kind="patrons", status="done", file_name="patrons.csv", digest="1", created_at=now)
    LoanImport.objects.create(kind="loans", status="done", file_name="loans.csv", digest="2", created_at=now)
    assert Fine.objects.count() == loans


@pytest.fixture(scope="module", autouse=True)
def _library_of_this_module(lasting: None) -> None:
    a_busy_library(Bus(), loans=TWICE)


def _calendar(now: Any, number: int) -> None:
    day, by = timezone.localdate(now), User.objects.get(card_number="P-7200").pk
    for _number in range(number):
        add_rule(valid_from=day, closed={1: [2, 4]}, holidays="KR", now=now, by_id=by)
        add_closure(first=day, last=day, reason="공사", now=now, by_id=by)
        add_opening(day=day, reason="강연", now=now, by_id=by)


def _notices(now: Any, number: int) -> None:
    day, by = timezone.localdate(now), User.objects.get(card_number="P-7200").pk
    sent: dict[str, Any] = {"made_at": now, "sent_at": now, "retry_at": now, "is_digest": False, "status": "sent"}
    for one in range(number):
        Notice.objects.create(patron_id=by, day=day, run=uuid.uuid4(), kind="fine", title=f"연체료 {one}", **sent)
        Timing.objects.create(valid_from=day + timedelta(days=one))
        Wording.objects.create(kind="fine", language=["ko", "en"][one])


def _types(number: int) -> None:
    for code in ["", "dvd"][:number]:
        adopt_policy(given={"loan.days": 7}, now=timezone.now(), copy_type=code, valid_from=timezone.localdate())
    NumberRule.objects.bulk_create([NumberRule(digits=7, code="EM") for _number in range(number)])
    for code in ["child", "adult", "teacher"][:number]:
        CategoryRule.objects.create(value=code, category=Category.objects.create(pk=code, **_called(code)))
    for code in ["dvd", "map", "reference"][:number]:
        TypeRule.objects.create(by="shelving_mark", value=code, type=CopyType.objects.create(pk=code, **_called(code)))


def _called(code: str) -> dict[str, str]:
    return {"name_en": code, "name_ko": f"구분 {code}"}


def _webhooks(now: Any, number: int) -> None:
    for event in Event.objects.all()[:number]:
        endpoint = Endpoint.objects.create(url="https://hooks.example.org/", made_at=now)
        Attempt.objects.create(endpoint=endpoint, event=event, at=now, status=500, duration=7)


def a_thing(model: Any) -> Any:
    """The first one that the model's pages have, None where there is none. Imports of all kinds are in one table."""
    shown = admin.site._registry[model]
    own = getattr(shown, "kind_name", None)
    kind = {"run__kind" if issubclass(model, Doubt) else "kind": own} if own else {}
    return model._default_manager.filter(**kind).first()


def page(model: Any, name: str) -> str:
    """The name of a model's page."""
    return f"{model._meta.app_label}_{model._meta.model_name}_{name}"


@pytest.mark.parametrize("who", [a_superuser, a_librarian])
def test_every_list_detail_and_form_answers(who: Any) -> None:
    door = who()
    for model in MODELS:
        answers = [door.get(reverse(f"admin:{page(model, 'changelist')}"))]
        thing = a_thing(model)
        if thing:
            answers += [
                door.get(reverse(f"admin:{page(model, name)}", args=[thing.pk]), follow=True)
                for name in ("change", "history")
            ]
        assert [answer.status_code for answer in answers] == [200] * len(answers), model
        adding = door.get(reverse(f"admin:{page(model, 'add')}")).status_code
        assert adding == (200 if model._meta.label in ADDED_BY_HAND else 403), model
        for answer in answers:
            assert not (found := INLINE.search(answer.content.decode())), (model, found)


def test_nothing_can_be_changed_or_deleted_past_the_services() -> None:
    superuser = a_superuser()
    for model in MODELS:
        thing = a_thing(model)
        if thing is None:
            continue
        deleting = reverse(f"admin:{page(model, 'delete')}", args=[thing.pk])
        if model not in (TypeRule, NumberRule, CategoryRule, LabelSheet):
            assert superuser.post(deleting, {"post": "yes"}).status_code == 403
        if model._meta.label not in CHANGED_BY_HAND:
            changed = superuser.post(reverse(f"admin:{page(model, 'change')}", args=[thing.pk]), {"title": "x"})
            assert changed.status_code == 403, model
        selected = {"action": "delete_selected", "_selected_action": thing.pk, "post": "yes"}
        superuser.post(reverse(f"admin:{page(model, 'changelist')}"), selected)
        assert model._default_manager.filter(pk=thing.pk).exists()


@pytest.mark.parametrize("searched", ["무진", "17", "P-7200", "'; DROP", "%", "99999999999999999999"])
def test_every_search_answers(searched: str) -> None:
    superuser = a_superuser()
    for model in MODELS:
        superuser.see(page(model, "changelist"), q=searched)


def test_lists_and_the_start_page_take_as_many_queries_for_many_rows_as_for_few(bus: Bus) -> None:
    superuser = a_superuser()
    pages = ["index", *(page(model, "changelist") for model in MODELS)]
    few = {name: statements_of(superuser, name) for name in pages}
    for number in range(3, 6):
        patron = a_patron(f"P-73{number:02}")
        book = register_book(now=timezone.now(), title=f"토지 {number}", copies=2)
        bus.settle()
        borrow_book(patron_id=patron.pk, book_id=book.pk, now=timezone.now())
        bus.settle()
    for name, before in few.items():
        many = statements_of(superuser, name)
        assert len(many) <= len(before), (name, before, many)
        assert len(before) <= 12, (name, before)


def statements_of(door: Door, name: str) -> list[str]:
    """The beginnings of the statements that a page takes, without what each process remembers for a while."""
    with CaptureQueriesContext(connection) as queries:
        door.see(name)
    return [query["sql"][:200] for query in queries if "labels_numberrule" not in query["sql"]]


def test_a_patron_and_a_stranger_stay_outside() -> None:
    patron, stranger = Door(), Door()
    a_patron()
    assert patron.sign_in("P-7101", PASSWORD).headers["Location"] == "/me"
    for door in (patron, stranger):
        assert door.get(reverse("admin:index")).status_code == 302
        assert door.get(reverse("admin:desk")).status_code == 302
        assert door.post(reverse("admin:desk_scan"), {"typed": "B0000001-0001"}).status_code == 302
