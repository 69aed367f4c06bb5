"""The rehearsal of moving in: three files and one command, and the library works."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from accounts.models import User
from catalog.models import Book
from dashboard.models import LoanRow
from examples.move_in import move_in
from kernel.eventbus.models import Event
from lending.models import Block, Copy, Loan
from tests.factories import Town, refusal, seoul

SMALL, WHOLE = (120, 40, 30), (10_000, 2_000, 1_500)
"""Books, patrons and open loans of a trial, and of a town's library."""
TODAY = seoul(3, 2).date()


def written(folder: Path, books: int, patrons: int, loans: int) -> list[Path]:
    """Books with a copy each, patrons, and loans of which every tenth is overdue; the last patron is suspended."""
    due = [TODAY + timedelta(days=-3 if n % 10 == 0 else 5) for n in range(loans)]
    lent = [f"A{n % (patrons // 2):04},EM{n:010},2026-02-10,{day}," for n, day in enumerate(due)]
    people = [f"A{n:04}\t이용자 {n}\t일반" for n in range(patrons)]
    suspended = f"A{patrons - 1:04},,,,2026-03-09"
    files = {
        "books.csv": (["등록번호,서명,저자", *(f"EM{n:010},책 {n},저자 {n}" for n in range(books))], "cp949"),
        "patrons.csv": (["대출자번호\t이름\t직급키", *people], "utf-16"),
        "loans.csv": (["대출자번호,등록번호,대출일,반납예정일,대출정지일", *lent, suspended], "cp949"),
    }
    for name, (lines, encoding) in files.items():
        (folder / name).write_bytes("\n".join([*lines, ""]).encode(encoding))
    return [folder / name for name in files]


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """A trial."""
    return written(tmp_path, *SMALL)


def test_a_whole_library_works(town: Town, tmp_path: Path, capsys: Any) -> None:
    """Ten thousand books, two thousand patrons, fifteen hundred loans: about fifteen seconds of a processor."""
    books, patrons, loans = WHOLE
    assert move_in(*written(tmp_path, *WHOLE)) == 0
    said = capsys.readouterr().out
    for read, kind in ((books, "books"), (patrons, "patrons")):
        assert f"{read} read: {read} added" in said, kind
    assert "The patrons' pages agree with lending and fines." in said
    assert (Book.objects.count(), Copy.objects.count()) == (books, books)
    assert Loan.objects.filter(status="active").count() == loans
    assert LoanRow.objects.filter(status="active", outstanding=1).count() == loans
    assert LoanRow.objects.filter(due_on__lt=TODAY).count() == loans // 10
    assert Event.objects.filter(name="BookExpired").count() == loans // 10

    member = User.objects.get(card_number="A0000")
    page = town.librarian.get(f"dashboard/{member.pk}").json()
    assert (page["copies_on_loan"], page["copies_overdue"], page["fines_accruing"]) == (2, 2, 1_000)
    assert [one["days_late"] for one in page["loans"]] == [3, 3]
    found = town.librarian.get("books", {"q": f"책 {books - 1}"}).json()["results"]
    assert (found[0]["title"], found[0]["copies_available"]) == (f"책 {books - 1}", 1)
    lent = town.librarian.get("books", {"q": "책 1000"}).json()["results"]
    assert (lent[0]["title"], lent[0]["copies_available"]) == ("책 1000", 0)


def test_three_files_make_a_working_library(town: Town, files: list[Path], capsys: Any) -> None:
    books, patrons, loans = SMALL
    assert move_in(*files) == 0
    assert "The patrons' pages agree with lending and fines." in capsys.readouterr().out
    assert LoanRow.objects.filter(status="active", outstanding=1).count() == loans

    free = Copy.objects.get(barcode=f"EM{books - 1:010}")
    member, suspended = (User.objects.get(card_number=number).pk for number in ("A0001", f"A{patrons - 1:04}"))
    assert Block.objects.get().patron_id == suspended
    wanted = {"barcode": free.barcode}
    assert refusal(town.librarian.post("loans", {"patron": suspended, **wanted})) == (409, "patron_blocked")
    assert town.librarian.post("loans", {"patron": member, **wanted}).status_code == 201
    assert town.librarian.post("returns", {"barcode": "EM0000000000"}).json()["days_late"] == 3

    events = Event.objects.count()
    assert move_in(*files) == 0
    assert Event.objects.count() == events + 1  # the fee for what came back late
    assert Event.objects.latest("pk").name == "FineCharged"
    assert Loan.objects.filter(status="active").count() == loans
    assert "it came in before, and came back or was lost since" in capsys.readouterr().out


def test_what_can_not_be_taken_is_left_out_and_a_missing_file_ends_it(town: Town, files: list[Path]) -> None:
    books, patrons, loans = files
    loans.write_bytes("대출자번호,등록번호,반납예정일\nA0001,EM9999999999,2026-03-09\n".encode())
    assert town.librarian
    assert move_in(books, patrons, loans) == 3
    with pytest.raises(CommandError, match="There is no file"):
        move_in(books, patrons, loans.with_name("none.csv"))
