"""The rehearsal of moving in, small: three files and one command, and the library works."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from accounts.models import User
from dashboard.models import LoanRow
from examples.move_in import move_in
from kernel.eventbus.models import Event
from lending.models import Block, Copy, Loan
from tests.factories import Town, refusal, seoul

BOOKS, PATRONS, LOANS = 120, 40, 30
TODAY = seoul(3, 2).date()


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Books with a copy each, patrons, and loans of which every tenth is overdue; the last patron is suspended."""
    books = ["등록번호,서명,저자", *(f"EM{n:010},책 {n},저자 {n}" for n in range(BOOKS))]
    patrons = ["대출자번호\t이름\t직급키", *(f"A{n:04}\t이용자 {n}\t일반" for n in range(PATRONS))]
    due = [TODAY + timedelta(days=-3 if n % 10 == 0 else 5) for n in range(LOANS)]
    loans = [f"A{n % 20:04},EM{n:010},2026-02-10,{day}," for n, day in enumerate(due)]
    loans = ["대출자번호,등록번호,대출일,반납예정일,대출정지일", *loans, f"A{PATRONS - 1:04},,,,2026-03-09"]
    written = {"books.csv": (books, "cp949"), "patrons.csv": (patrons, "utf-16"), "loans.csv": (loans, "cp949")}
    for name, (lines, encoding) in written.items():
        (tmp_path / name).write_bytes("\n".join([*lines, ""]).encode(encoding))
    return [tmp_path / name for name in written]


def test_three_files_make_a_working_library(town: Town, files: list[Path], capsys: Any) -> None:
    assert move_in(*files) == 0
    assert "The patrons' pages agree with lending and fines." in capsys.readouterr().out
    assert LoanRow.objects.filter(status="active", outstanding=1).count() == LOANS
    assert LoanRow.objects.filter(due_on__lt=TODAY).count() == LOANS // 10
    assert Event.objects.filter(name="BookExpired").count() == LOANS // 10
    assert len(town.librarian.get("books", {"q": "책 7"}).json()["results"]) > 0

    free = Copy.objects.get(barcode=f"EM{BOOKS - 1:010}")
    member, suspended = (User.objects.get(card_number=number).pk for number in ("A0001", f"A{PATRONS - 1:04}"))
    assert Block.objects.get().patron_id == suspended
    wanted = {"barcode": free.barcode}
    assert refusal(town.librarian.post("loans", {"patron": suspended, **wanted})) == (409, "patron_blocked")
    assert town.librarian.post("loans", {"patron": member, **wanted}).status_code == 201
    assert town.librarian.post("returns", {"barcode": "EM0000000000"}).json()["days_late"] == 3

    events = Event.objects.count()
    assert move_in(*files) == 0
    assert Event.objects.count() == events + 1  # the fee for what came back late
    assert Event.objects.latest("pk").name == "FineCharged"
    assert Loan.objects.filter(status="active").count() == LOANS
    assert "it came in before, and came back or was lost since" in capsys.readouterr().out


def test_what_can_not_be_taken_is_left_out_and_a_missing_file_ends_it(town: Town, files: list[Path]) -> None:
    books, patrons, loans = files
    loans.write_bytes("대출자번호,등록번호,반납예정일\nA0001,EM9999999999,2026-03-09\n".encode())
    assert town.librarian
    assert move_in(books, patrons, loans) == 3
    with pytest.raises(CommandError, match="There is no file"):
        move_in(books, patrons, loans.with_name("none.csv"))
