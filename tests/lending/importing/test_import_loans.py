"""Who has what and until when comes in from another system, and the library goes on from there."""

import json
from contextlib import suppress
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.cards import replace_card
from accounts.models import User
from kernel.eventbus.models import Event
from kernel.importing.queries import imports_of
from lending.importing.kind import LOANS
from lending.models import Block, Copy, Loan
from lending.renewals.services import renew_loan
from lending.returns.services import return_book
from lending.undo.services import undo_return
from tests.factories import Town, new_policy, seoul

HEADING = "대출자번호,등록번호,대출일,반납예정일,대출정지일,연체료"
NOW = seoul(3, 2)


def imported(folder: Path, *rows: str, **options: Any) -> tuple[tuple[int, ...], list[tuple[int, str]]]:
    """Added, unchanged and skipped, and the reasons that the report names."""
    path, report = folder / "loans.csv", folder / "report.json"
    path.write_bytes("\n".join([HEADING, *rows, ""]).encode("cp949"))
    with suppress(CommandError):
        call_command("import_loans", str(path), report=report, stdout=StringIO(), **options)
    said = json.loads(report.read_text("utf-8"))
    figures = tuple(said[name] for name in ("added", "unchanged", "skipped"))
    return figures, [(entry["number"], entry["reason"]) for entry in said["records"] if entry["reason"]]


@pytest.fixture
def shelf(town: Town) -> list[str]:
    """The barcodes of a book's copies; 김하늘 and Jo March have cards."""
    assert town.haneul
    assert town.jo
    book = town.book(copies=4)
    return list(Copy.objects.filter(book=book).order_by("pk").values_list("barcode", flat=True))


def test_a_loan_keeps_its_days_and_the_rules_of_today(town: Town, shelf: list[str], tmp_path: Path) -> None:
    new_policy(date(2026, 1, 1), loan__days=7)
    new_policy(date(2026, 3, 1), loan__days=21)
    assert imported(tmp_path, f"P-7001,{shelf[0]},2026. 2. 3.,2026-02-17,,") == ((1, 0, 0), [])
    town.bus.settle()
    loan = Loan.objects.get()
    assert (str(loan.due_on), str(loan.borrowed_at.astimezone(NOW.tzinfo).date())) == ("2026-02-17", "2026-02-03")
    assert loan.terms
    assert loan.terms.values["loan.days"] == 21
    page = town.page(town.haneul)
    assert (page["copies_on_loan"], page["copies_overdue"], page["loans"][0]["days_late"]) == (1, 1, 13)
    returned = town.give_back(town.haneul, {"id": loan.pk})
    assert returned["days_late"] == 13
    assert town.page(town.haneul)["fines_outstanding"] == 1000


def test_the_same_file_again_changes_nothing(town: Town, shelf: list[str], tmp_path: Path) -> None:
    rows = [f"P-7001,{shelf[0]},2026-02-20,2026-03-06,,", f"p-7002,{shelf[1]},2026-02-20,2026-03-06,2026-03-31,"]
    assert imported(tmp_path, *rows)[0] == (2, 0, 0)
    events = Event.objects.count()
    assert imported(tmp_path, *rows) == ((0, 2, 0), [])
    assert Event.objects.count() == events


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("P-9999,{0},2026-02-20,2026-03-06,,", "no_card"),
        (",{0},2026-02-20,2026-03-06,,", "no_card"),
        ("P-7001,B-none,2026-02-20,2026-03-06,,", "no_copy"),
        ("P-7001,{0},2026-02-20,,,", "no_due_date"),
        ("P-7001,{0},2026-02-20,soon,,", "no_due_date"),
        ("P-7001,{0},2026-03-03,2026-03-06,,", "days_wrong"),
        ("P-7001,{0},2026-02-20,2026-02-19,,", "days_wrong"),
        ("P-7001,{0},0001-01-01,2026-03-06,,", "days_wrong"),
        ("P-7001,B/{0}?,2026-02-20,2026-03-06,,", "no_copy"),
        ("P-7002,{3},2026-02-20,2026-03-06,,", "elsewhere"),
    ],
)
def test_what_can_not_be_taken_is_named_and_the_rest_comes_in(
    town: Town, shelf: list[str], tmp_path: Path, row: str, reason: str
) -> None:
    good = f"P-7001,{shelf[3]},2026-02-20,2026-03-06,,"
    assert imported(tmp_path, good, row.format(*shelf)) == ((1, 0, 1), [(2, reason)])
    assert Loan.objects.count() == 1


def test_a_cell_that_can_not_be_read_is_named(town: Town, shelf: list[str], tmp_path: Path) -> None:
    rows = (f"P-7001,{shelf[0]},작년,2026-03-06,,", "P-7001,,,,언제,", "P-7002,,,,,많음", "P-7002,,,,,99999999999999")
    assert imported(tmp_path, *rows) == ((1, 3, 0), [(number, "cell_unreadable") for number in range(1, 5)])


def test_days_of_a_spreadsheet_without_a_format_are_days(town: Town, shelf: list[str], tmp_path: Path) -> None:
    assert imported(tmp_path, f"P-7001,{shelf[0]},46073,46087.999988,,") == ((1, 0, 0), [])
    loan = Loan.objects.get()
    assert (loan.due_on, timezone.localdate(loan.borrowed_at)) == (date(2026, 3, 6), date(2026, 2, 20))


def test_a_time_of_day_never_moves_the_day(town: Town, shelf: list[str], tmp_path: Path) -> None:
    row = f"P-7001,{shelf[0]},20260220000000,202603062359,20260331235959,"
    assert imported(tmp_path, row) == ((1, 0, 0), [(1, "suspended")])
    loan = Loan.objects.get()
    assert (loan.due_on, timezone.localdate(loan.borrowed_at)) == (date(2026, 3, 6), date(2026, 2, 20))
    assert Block.objects.get().until == date(2026, 3, 31)


def test_an_overdue_loan_whose_day_is_not_known_comes_in(town: Town, shelf: list[str], tmp_path: Path) -> None:
    assert imported(tmp_path, f"P-7001,{shelf[0]},,2026-02-20,,") == ((1, 0, 0), [])
    loan = Loan.objects.get()
    assert (loan.due_on, timezone.localdate(loan.borrowed_at)) == (date(2026, 2, 20), date(2026, 2, 20))


@pytest.mark.parametrize("how", ["lost", "missing", "damaged", "in_repair"])
def test_a_copy_that_is_not_in_order_is_not_lent(town: Town, shelf: list[str], tmp_path: Path, how: str) -> None:
    copy = Copy.objects.get(barcode=shelf[0])
    assert town.librarian.post(f"copies/{copy.pk}/mark", {"as": how}).status_code == 200
    row = f"P-7001,{shelf[0]},2026-02-20,2026-03-06,,"
    assert imported(tmp_path, row) == ((0, 0, 1), [(1, "marked")])
    copy.refresh_from_db()
    assert (copy.condition, copy.place == "loan") == (how, False)


def test_no_rule_of_today_is_against_a_loan_that_is_there(town: Town, shelf: list[str], tmp_path: Path) -> None:
    new_policy(date(2026, 3, 1), loan__max_copies=1, loan__for_loan=False)
    User.objects.filter(card_number="P-7001").update(is_active=False)
    assert imported(tmp_path, *(f"P-7001,{code},2026-02-20,2026-03-06,," for code in shelf))[0] == (4, 0, 0)


def test_a_replaced_card_is_still_the_same_persons(town: Town, shelf: list[str], tmp_path: Path) -> None:
    replace_card(town.haneul.id, card_number="P-8001", reason="lost", now=NOW)
    assert imported(tmp_path, f"P-7001,{shelf[0]},2026-02-20,2026-03-06,,")[0] == (1, 0, 0)
    assert Loan.objects.get().patron_id == town.haneul.id


def test_a_running_suspension_blocks(town: Town, shelf: list[str], tmp_path: Path) -> None:
    rows = ["P-7001,,,,2026-03-10,", "P-7002,,,,2026-03-01,"]
    assert imported(tmp_path, *rows) == ((1, 1, 0), [(1, "suspended")])
    block = Block.objects.get()
    assert (block.patron_id, str(block.until), block.kind) == (town.haneul.id, "2026-03-10", "manual")
    answer = town.haneul.post("loans", {"book": Copy.objects.first().book_id})  # type: ignore[union-attr]
    assert (answer.status_code, answer.json()["code"]) == (409, "patron_blocked")


def test_an_unpaid_fee_is_charged_once_with_its_day_and_named(town: Town, shelf: list[str], tmp_path: Path) -> None:
    rows = [
        f'P-7001,{shelf[0]},2026-02-03,2026-02-17,,"1,500"',
        "P-7002,,,,,700",
        "P-7002,,,,,700",
        f"P-7002,{shelf[3]}x,2026-02-03,2026-02-17,,900",
    ]
    charged, alike, none = (1, "fee_charged"), (3, "fee_alike"), (4, "no_copy")
    assert imported(tmp_path, *rows) == ((2, 1, 1), [charged, (2, "fee_charged"), alike, none])
    assert imported(tmp_path, *rows[:2])[0] == (0, 2, 0)
    town.bus.settle()
    fine = town.haneul.get("fines").json()["results"][0]
    assert (fine["kind"], fine["amount"], fine["days_late"], fine["title"]) == ("late", 1_500, 13, "무진기행")
    assert fine["charged_at"].startswith("2026-02-17T00:00")
    assert fine["explanation"] == "Unpaid at the system before (due on 2026-02-17)."
    assert town.page(town.haneul)["fines_outstanding"] == 1_500
    assert town.page(town.jo)["fines_outstanding"] == 700

    town.librarian.post(f"fines/{fine['id']}/payments", {"amount": 1_000})
    call_command("undo_import", str(imports_of(LOANS).order_by("pk").first().pk), kind="loans", stdout=StringIO())  # type: ignore[union-attr]
    town.bus.settle()
    assert [town.page(one)["fines_outstanding"] for one in (town.haneul, town.jo)] == [0, 0]
    assert town.page(town.haneul)["credit"] == 1_000
    assert imported(tmp_path, *rows[:2])[0] == (2, 0, 0), "what was undone may come again"


def test_undoing_takes_back_what_nothing_was_done_to(town: Town, shelf: list[str], tmp_path: Path) -> None:
    imported(tmp_path, *(f"P-7001,{code},2026-02-20,2026-03-06,," for code in shelf[:2]))
    first, second = Loan.objects.order_by("pk")
    renew_loan(first.pk, now=NOW)
    said, run = StringIO(), imports_of(LOANS).get()
    call_command("undo_import", str(run.pk), kind="loans", stdout=said)
    assert "Taken back: 1; kept: 1." in said.getvalue()
    assert [Loan.objects.get(pk=one.pk).status for one in (first, second)] == ["active", "cancelled"]
    town.bus.settle()
    assert town.page(town.haneul)["copies_on_loan"] == 1
    assert imported(tmp_path, *(f"P-7001,{code},2026-02-20,2026-03-06,," for code in shelf[:2]))[0] == (1, 1, 0)


def test_undoing_takes_back_what_came_back_by_mistake(town: Town, shelf: list[str], tmp_path: Path) -> None:
    imported(tmp_path, *(f"P-7001,{code},2026-02-20,2026-03-06,," for code in shelf[:2]))
    first, second = Loan.objects.order_by("pk")
    for loan in (first, second):
        return_book(loan.pk, now=NOW)
    returned = Loan.objects.filter(status="returned")
    assert list(returned.values_list("request_id", flat=True)) == [None, None], "their events have it"
    undo_return(first.returns.get().pk, reason="another book", now=NOW)
    said, run = StringIO(), imports_of(LOANS).get()
    assert Loan.objects.get(pk=first.pk).request_id == run.correlation_id
    call_command("undo_import", str(run.pk), kind="loans", stdout=said)
    assert [Loan.objects.get(pk=one.pk).status for one in (first, second)] == ["cancelled", "returned"]
    town.bus.settle()
    assert town.page(town.haneul)["copies_on_loan"] == 0
