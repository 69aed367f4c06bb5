"""An administrator takes a file of open loans in on the staff side: upload, preview, start, report, undo."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kernel.importing.tasks import go_on_with_imports
from lending.models import Block, Copy, Loan, LoanImport
from lending.renewals.services import renew_loan
from tests.admin.door import a_librarian
from tests.factories import Town, seoul

HEADING = "대출자번호,등록번호,대출일,반납예정일,대출정지일"
ADD, PAGE, MODEL = "lending_loanimport_add", "lending_loanimport_change", "lending_loanimport"


def actions(page: str) -> set[str]:
    """The buttons of a page."""
    return set(re.findall(r'<input type="hidden" name="action" value="(\w+)">', page))


@pytest.mark.django_db
def test_a_file_of_loans_goes_from_upload_to_report_and_back_out(town: Town) -> None:
    assert town.jo
    assert town.haneul
    book = town.book(copies=3, title="토지")
    first, second, third = Copy.objects.filter(book=book).order_by("pk").values_list("barcode", flat=True)
    rows = [
        f"P-7001,{first},2026-02-20,2026-03-06,2026-03-20",
        f"P-7002,{second},2026-02-20,2026-03-06,",
        f"P-9999,{third},2026-02-20,2026-03-06,",
    ]
    door = a_librarian("L-7401", roles=["administrator"])
    file = SimpleUploadedFile("대출.csv", "\n".join([HEADING, *rows, ""]).encode("cp949"))
    preview = door.send(ADD, file=file, encoding="")
    run = LoanImport.objects.get()
    assert (run.status, run.by, run.via) == ("uploaded", door.user.pk, "admin")
    assert all(text in preview for text in ("대출자번호", first, "due on", "suspended until"))
    assert (actions(preview), Loan.objects.count()) == ({"start"}, 0)

    running = door.act(MODEL, "start", run, of_one=str(run.pk))
    assert "<progress" in running
    go_on_with_imports()
    town.bus.settle()
    report = door.see(PAGE, run.pk)
    assert 'id="import-added">2<' in report
    assert "nobody has this card number" in report
    assert actions(report) == {"undo"}
    assert str(Block.objects.get().until) == "2026-03-20"
    assert town.page(town.jo)["copies_on_loan"] == 1

    renewed, _other = Loan.objects.order_by("pk")
    renew_loan(renewed.pk, override=["patron_blocked"], reason="약속", now=seoul(3, 2))
    assert "is taken back" in door.act(MODEL, "undo", run, of_one=str(run.pk))
    door.act(MODEL, "undo", run, of_one=str(run.pk), confirmed="yes")
    go_on_with_imports()
    town.bus.settle()
    undone = door.see(PAGE, run.pk, outcome="kept")
    assert "something was done to the loan since, so it stays" in undone
    assert list(Loan.objects.order_by("pk").values_list("status", flat=True)) == ["active", "cancelled"]
    assert town.page(town.jo)["copies_on_loan"] == 0


@pytest.mark.django_db
def test_an_encoding_that_there_is_not_is_refused_on_the_form(town: Town) -> None:
    door = a_librarian("L-7401", roles=["administrator"])
    page = door.send(ADD, file=SimpleUploadedFile("a.csv", b"x"), encoding="cp9490")
    assert "There is no encoding cp9490." in page
    assert not LoanImport.objects.exists()


@pytest.mark.django_db
def test_a_column_whose_heading_nobody_knows_is_chosen_on_the_page(town: Town) -> None:
    door = a_librarian("L-7401", roles=["administrator"])
    rows = "빌린 이,등록번호,대출일,반납예정일\nP-7001,EM1,2026-02-20,2026-03-06\n"
    page = door.send(ADD, file=SimpleUploadedFile("대출.csv", rows.encode("cp949")), encoding="")
    assert town.bus
    assert "No column of the file is taken for “card number”." in page
    assert "--map" not in page
    assert '<option value="barcode" selected>' in page, "what is known is chosen already"
    columns = {"column_0": "card_number", "column_1": "barcode", "column_2": "borrowed_on", "column_3": "due_on"}
    named = dict(zip((f"heading_{name}" for name in columns), rows.split("\n")[0].split(","), strict=True))
    page = door.send("lending_loanimport_look", LoanImport.objects.get().pk, **columns, **named)
    assert ("P-7001" in page, actions(page)) == (True, {"start"})


@pytest.mark.parametrize("content", [b"\xff\xd8\xff\xe0 a picture", HEADING.encode("cp949") + b"\xc0\nA,B\n"])
@pytest.mark.django_db
def test_a_file_whose_heading_is_of_no_encoding_has_a_page(town: Town, content: bytes) -> None:
    door = a_librarian("L-7401", roles=["administrator"])
    page = door.send(ADD, file=SimpleUploadedFile("사진.jpg", content), encoding="")
    assert town.bus
    assert "\ufffd" in page
    assert "사진.jpg" in door.see(PAGE, LoanImport.objects.get().pk)
