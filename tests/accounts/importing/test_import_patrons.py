"""A list of patrons comes in: new people, what is missing of old ones, and nothing that is half done."""

import re
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.core.management import CommandError, call_command

from accounts.categories.models import Category, CategoryRule
from accounts.importing import files
from accounts.mail.tasks import send_mails
from accounts.models import Card, PatronDoubt, PatronImport, User
from kernel.eventbus.models import Event
from tests.accounts.importing.runs import HEADING, a_table, figures, imported, patron, reasons
from tests.admin.door import a_librarian
from tests.people import PASSWORD
from tests.tables.workbooks import xlsx

pytestmark = pytest.mark.django_db

HA = "A0001,하윤서,yunseo@example.org,01012345678,일반,1990. 5. 1.,큰글자도서"
COLUMNS = ("card_number", "name", "phone", "born_on", "category", "notes")
SEO = "A0002,서지우,,02)123-4567,,,"


@pytest.fixture(autouse=True)
def _categories(db: None) -> None:
    Category.objects.create(pk="adult", name_ko="일반", name_en="adult")


def test_new_patrons_come_in_with_all_that_the_file_says(tmp_path: Path) -> None:
    assert figures(imported(a_table(tmp_path, HA, SEO))) == (2, 2, 0, 0, 0, 0)
    ha = patron("A0001")
    assert (ha.name, ha.email, ha.phone, ha.category_id) == ("하윤서", "yunseo@example.org", "010-1234-5678", "adult")
    assert (str(ha.born_on), ha.notes, ha.has_usable_password()) == ("1990-05-01", "큰글자도서", False)
    assert patron("A0002").phone == "02-123-4567"
    assert set(Card.objects.values_list("number", flat=True)) == {"A0001", "A0002"}
    events = Event.objects.filter(name="PatronRegistered").values_list("payload__patron", flat=True)
    assert sorted(events) == sorted(User.objects.values_list("pk", flat=True))


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    imported(a_table(tmp_path, HA, SEO))
    events = Event.objects.count()
    assert figures(imported(a_table(tmp_path, HA, SEO))) == (2, 0, 0, 2, 0, 0)
    assert Event.objects.count() == events


def test_kolas_writes_tabs_into_a_csv(tmp_path: Path) -> None:
    columns = "대출자번호 이름 대출자ID 생일타입 생년월일 E_MAIL 휴대폰 직급키 소속키 집_우편번호 집_주소 "
    columns += "집_전화번호 비고"
    who = ["A0003", "박음력", "pum", "음력", "19850505", "", ""]
    row = [*who, "01", "03", "57922", "순천시 무진로 1", "061-123-4567", ""]
    CategoryRule.objects.create(value="01", category_id="adult")
    path = tmp_path / "patrons.csv"
    path.write_bytes("\r\n".join("\t".join(cells) for cells in (columns.split(), row)).encode("utf-16"))
    assert reasons(imported(path)) == [(1, "lunar")]
    person = patron("A0003")
    assert (person.phone, person.postal_code, person.address) == ("061-123-4567", "57922", "순천시 무진로 1")
    assert (person.born_on, person.category_id) == (None, "adult")


def test_a_spreadsheet_comes_in_with_its_numbers_and_days(tmp_path: Path) -> None:
    heading = ["회원번호", "성명", "휴대폰", "생년월일"]
    xlsx(
        tmp_path / "list.xlsx",
        {"회원": [["우리 도서관 회원"], heading, [20260001, "하윤서", 1012345678, "2001-02-03"]]},
    )
    imported(tmp_path / "list.xlsx")
    person = patron("20260001")
    assert (person.phone, str(person.born_on)) == ("010-1234-5678", "2001-02-03")


def test_a_report_names_the_rows_of_a_table(tmp_path: Path) -> None:
    imported(a_table(tmp_path, HA))
    file = a_table(tmp_path, "A0001,하윤수,,,,,", "", ",서지우,,,,,", "A 1,서지우,,,,,")
    said = [(one["number"], one["row"], one["reason"]) for one in imported(file)["records"]]
    assert said == [(1, 2, "in_doubt"), (2, 4, "no_number"), (3, 5, "number_unusable")]
    assert PatronDoubt.objects.get().row == 2
    page = a_librarian("L-7102").see("accounts_patronimport_change", PatronImport.objects.latest("pk").pk)
    assert "<th>row of the file</th>" in page
    assert "with the heading and empty rows" in page
    assert re.findall(r"<tr><td>(\d+)</td>", page) == ["2", "4", "5"]


def test_what_an_undo_kept_has_no_row_and_the_others_keep_theirs(tmp_path: Path) -> None:
    imported(a_table(tmp_path, ",서지우,,,,,"))
    run = PatronImport.objects.get()
    run.entries.create(number=0, label="하윤서", outcome="kept")
    page = a_librarian("L-7102").see("accounts_patronimport_change", run.pk, outcome="kept")
    assert "<th>row of the file</th>" in page
    assert re.findall(r"<tr><td>(.+?)</td>", page) == ["–"]


def test_what_is_here_stays_unless_the_file_is_right(tmp_path: Path) -> None:
    imported(a_table(tmp_path, HA))
    User.objects.update(phone="010-9999-9999", notes="")
    assert reasons(imported(a_table(tmp_path, HA))) == [(1, "kept")]
    assert (patron("A0001").phone, patron("A0001").notes) == ("010-9999-9999", "큰글자도서")
    assert figures(imported(a_table(tmp_path, "A0001,하윤서,,01012345678,,,"), overwrite=True))[2] == 1
    assert (patron("A0001").phone, patron("A0001").notes) == ("010-1234-5678", "큰글자도서")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",하윤서,,,,,", "no_number"),
        ("A 1,하윤서,,,,,", "number_unusable"),
        ("A0001,,,,,,", "no_name"),
        ("A0001,하윤서,,,,,,too much", "cells_more"),
        ("L-7101,하윤서,,,,,", "staff"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_and_the_rest_comes_in(tmp_path: Path, row: str, reason: str) -> None:
    a_librarian()
    report = imported(a_table(tmp_path, row, SEO))
    assert (figures(report), reasons(report)) == ((2, 1, 0, 0, 1, 0), [(1, reason)])
    assert User.objects.filter(is_staff=False).get().name == "서지우"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A0001,하윤서,nowhere,,,,", "email_invalid"),
        ("A0001,하윤서,,call me,,,", "phone_invalid"),
        ("A0001,하윤서,,,,2099-01-01,", "day_unknown"),
        ("A0001,하윤서,,,,900101,", "day_unknown"),
        ("A0001,하윤서,,,귀빈,,", "category_unknown"),
        ("A0001,하윤서,,,,2020-01-01,", "no_consent"),
        (f"A0001,하윤서,,,,,{'가' * 2001}", "shortened"),
    ],
)
def test_what_can_not_be_read_is_left_out_and_noted(tmp_path: Path, row: str, reason: str) -> None:
    report = imported(a_table(tmp_path, row))
    assert (figures(report)[:2], reasons(report)) == ((1, 1), [(1, reason)])


def test_a_spreadsheets_count_of_days_is_a_day_where_it_is_no_other(tmp_path: Path) -> None:
    heading = f"{HEADING},만료일"
    rows = (
        "A0001,하윤서,,,,36584,,46387",
        "A0002,서지우,,,,31205,,",
        "A0003,박새봄,,,,1990,,",
        "A0004,이한결,,,,73000,,",
    )
    report = imported(a_table(tmp_path, *rows, heading=heading))
    ha = patron("A0001")
    assert (ha.born_on, ha.expires_on) == (date(2000, 2, 28), date(2026, 12, 31))
    assert reasons(report) == [
        (2, "day_unknown"),
        (3, "day_unknown"),
        (4, "day_unknown"),
    ]  # 031205, a year, a day to come


def test_a_consent_that_is_here_already_is_not_missed_in_the_file(tmp_path: Path) -> None:
    table, given = a_table(tmp_path, "A0001,하윤서,,,,2020-01-01,"), {"consent_until": date(9999, 1, 1)}
    assert reasons(imported(table)) == [(1, "no_consent")]
    User.objects.update(guardian="하늘찬", **given)
    assert reasons(imported(table)) == []
    assert reasons(imported(table, overwrite=True)) == []
    User.objects.update(consent_until=date(2020, 1, 1))
    assert reasons(imported(table)) == [(1, "no_consent")]


def test_categories_that_are_missing_are_made_where_that_was_asked_for(tmp_path: Path) -> None:
    rows = ("A0001,하윤서,,,귀빈,,", "A0002,서지우,,,귀빈,,", "A0003,박새봄,,,Student,,")
    imported(a_table(tmp_path, *rows), new_categories=True)
    assert patron("A0001").category == patron("A0002").category
    assert (patron("A0001").category.name_ko, patron("A0003").category_id) == ("귀빈", "student")  # type: ignore[union-attr]


def test_plain_passwords_are_refused_with_the_cure_before_anything_comes_in(tmp_path: Path) -> None:
    heading = f"{HEADING},비밀번호"
    path = a_table(tmp_path, f"{HA},{make_password(PASSWORD)}", f"{SEO},secret-1987", heading=heading)
    with pytest.raises(CommandError, match="Delete the column") as error:
        call_command("import_patrons", str(path), stdout=StringIO())
    assert "secret-1987" not in str(error.value)
    assert not User.objects.exists()
    imported(a_table(tmp_path, f"{HA},{make_password(PASSWORD)}", heading=heading))
    assert patron("A0001").check_password(PASSWORD)


def test_a_link_is_mailed_only_where_that_was_asked_for(tmp_path: Path, settings: Any) -> None:
    settings.SITE_URL = "http://127.0.0.1:8000"
    imported(a_table(tmp_path, HA))
    send_mails()
    assert mail.outbox == []
    imported(a_table(tmp_path, "A0009,박새봄,saebom@example.org,,,,", SEO), invite=True)
    send_mails()
    assert [letter.to for letter in mail.outbox] == [["박새봄 <saebom@example.org>"]]


def test_a_rehearsal_and_a_preview_change_nothing(tmp_path: Path) -> None:
    out, path = StringIO(), a_table(tmp_path, HA, "A0002,,,,,,")
    call_command("import_patrons", str(path), preview=True, stdout=out)
    assert "card number: A0001; name: 하윤서" in out.getvalue()
    assert figures(imported(path, dry_run=True)) == (2, 1, 0, 0, 1, 0)
    assert not User.objects.exists()
    assert not Event.objects.filter(name__startswith="Patron").exists()


def test_a_preview_shows_no_category_that_nobody_would_get(tmp_path: Path) -> None:
    path = a_table(tmp_path, "A0001,하윤서,,,귀빈,,", HA.replace("A0001", "A0002"))
    cases: list[tuple[dict[str, Any], list[str | None]]]
    cases = [({}, [None, "일반"]), ({"new_categories": True}, ["귀빈", "일반"])]
    for options, shown in cases:
        preview = files.preview(path, options)
        assert [dict(one).get("category") for one in preview.shown] == shown
        assert preview.notes == ([] if options else [("category_unknown", "귀빈")])


def test_what_goes_out_comes_in_again(tmp_path: Path) -> None:
    imported(a_table(tmp_path, HA, SEO, "A0004,=1+1 씨,,,,,"))
    User.objects.filter(card_number="A0002").update(notes="전화하지 말 것\n\n문자만")
    out = tmp_path / "out.csv"
    call_command("export_patrons", str(out))
    before = list(User.objects.order_by("pk").values_list(*COLUMNS))
    assert figures(imported(out)) == (3, 0, 0, 3, 0, 0)
    User.objects.all().delete()
    assert figures(imported(out))[1] == 3
    assert list(User.objects.order_by("pk").values_list(*COLUMNS)) == before
