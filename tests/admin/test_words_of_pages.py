"""Pages of the staff side say names where they could say numbers, and how many there are in words that agree."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from dashboard.models import CreditRow, LoanRow
from kernel.eventbus.models import Event
from kernel.outgoing.addresses import AddressUnknown
from kernel.outgoing.failures import as_kept, in_words
from lending.holds.services import place_hold
from lending.models import FailedAttempt, Loan, LoanLine, Patron
from notices.models import Notice
from opac.models import LibraryPage
from tests.admin.door import Door, a_patron, a_superuser
from tests.bus import Bus
from webhooks.models import Endpoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def lent(librarian: Door, haneul: User, barcodes: list[str], bus: Bus) -> Loan:
    """A copy that haneul has."""
    librarian.lend("P-7101", barcodes[0])
    bus.settle()
    return Loan.objects.get()


def title(door: Door, page: str, thing: Any) -> str:
    """What a thing's page is called, and the way to it ends with."""
    text = door.see(page, thing.pk)
    called = text.partition("<h2>")[2].partition("</h2>")[0]
    assert called
    assert called in text.partition('<div class="breadcrumbs">')[2].partition("</div>")[0]
    return called


def test_pages_are_called_by_names(lent: Loan, haneul: User, barcodes: list[str]) -> None:
    chief, name = a_superuser(), str(haneul)
    CreditRow.objects.update_or_create(patron_id=haneul.pk, defaults={"credit": 500, "version": 1})
    error = {"failed_at": timezone.now(), "not_before": timezone.now(), "error": "timeout"}
    failed = FailedAttempt.objects.create(loan=lent, attempts=1, **error)
    assert title(chief, "lending_patron_change", Patron.objects.get(pk=haneul.pk)) == name
    assert title(chief, "lending_loanline_change", LoanLine.objects.get()) == f"{lent} · {barcodes[0]}"
    assert title(chief, "lending_failedattempt_change", failed) == str(lent)
    assert title(chief, "dashboard_creditrow_change", CreditRow.objects.get(patron_id=haneul.pk)) == name
    assert title(chief, "dashboard_loanrow_change", LoanRow.objects.get()) == f"{name} · {lent.title}"


def test_a_title_in_quotes_is_a_title(lent: Loan, librarian: Door, bus: Bus) -> None:
    """Its number stands in the page."""
    by: Any = {"override": ["copy_available"], "reason": "a second one"}
    patron = a_patron("P-7102", "이연체")
    bus.settle()
    hold = place_hold(patron_id=patron.pk, book_id=lent.book_id, now=timezone.now(), **by)
    for name, thing in (("lending_hold_change", hold), ("lending_loan_change", lent)):
        assert title(librarian, name, thing) == lent.title
        assert f'<div class="readonly">{thing.pk}</div>' in librarian.see(name, thing.pk)
    assert str(Notice(pk=3, title="연체: 소나기")) == "연체: 소나기"
    assert str(Endpoint(pk=3, url="https://hooks.example.org/in")) == "hooks.example.org (3)"


def test_a_row_of_a_page_has_no_lines_of_other_rows(lent: Loan, haneul: User) -> None:
    page = a_superuser().see("dashboard_userinfo_change", haneul.pk)
    assert "field-patron_column" in page
    assert "Credit:" not in page
    assert "Status:" not in page


def test_what_is_counted_agrees_with_its_number(librarian: Door) -> None:
    chief = a_superuser()
    assert "0 entries" in chief.see("opac_librarypage_changelist")
    LibraryPage.objects.create(pk=1, name_ko="솔숲도서관", name_en="Pine Grove")
    assert "1 entry" in chief.see("opac_librarypage_changelist")


def test_a_filter_is_called_by_what_it_goes_by(librarian: Door) -> None:
    page = librarian.see("lending_loan_changelist")
    assert "<summary>Overdue</summary>" in page
    assert "By overdue" not in page


def test_why_a_message_did_not_arrive_is_said_in_the_language_of_who_reads() -> None:
    with override("ko"):
        kept = as_kept(AddressUnknown(host="hooks.example.org"))
    with override("en"):
        assert in_words(kept) == "There is no host of that name: hooks.example.org"
        assert in_words(as_kept(TimeoutError("no answer within 10 s"))) == "There was no answer in time."
    with override("ko"):
        assert "hooks.example.org" in in_words(kept)
        assert "There" not in in_words(kept)
        assert in_words("the gateway answered 503") == "응답 상태 코드는 503입니다."
        assert in_words("") == ""
        assert in_words("EOFError: as it was kept") == "EOFError: as it was kept"


def test_a_long_host_breaks_at_its_dots(librarian: Door) -> None:
    now = timezone.now()
    hook = Endpoint.objects.create(url="https://a-very-long-name.example.org/", secret="whsec_", made_at=now)
    event = Event.objects.first()
    hook.attempts.create(event=event, at=now - timedelta(1), error="AddressUnknown: example.org", duration=3)
    page = a_superuser().see("webhooks_attempt_changelist")
    assert "a-very-long-name.<wbr>example.<wbr>org" in page
    assert "There is no host of that name: example.org" in page
