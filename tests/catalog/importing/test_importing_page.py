"""Every command of docs/importing.md is run, in the order of the page, and says what the page shows."""

import re
import shlex
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from catalog.importing.kind import BOOKS
from catalog.models import Book, Copy
from kernel.importing.queries import imports_of
from lending.models import Loan
from library.settings import BASE_DIR
from tests.bus import Bus
from tests.catalog.importing.marc_files import UNSAID, data, iso
from tests.catalog.importing.runs import shelf
from tests.tables.workbooks import xlsx

pytestmark = pytest.mark.django_db(databases="__all__")

PAGE = (BASE_DIR / "docs" / "importing.md").read_text(encoding="utf-8")
BLOCKS = {
    heading: [line for block in re.findall(r"```console\n(.*?)```", part, re.DOTALL) for line in block.splitlines()]
    for heading, _end, part in (part.partition("\n") for part in PAGE.split("\n## ")[1:])
    if "```console" in part
}
NUMBER_ON_THE_PAGE = 7
ANY = "…"
HEADING = ["등록번호", "서명", "저자", "청구기호", "자료실", "책값"]
WAY = ["바람의 길", "홍길동 지음 ; 성춘향 그림"]
FIRST = ["EM0000001001", *WAY, "청 813.8-홍18ㅂ", "아동자료실", 15000]
SECOND = ["EM0000001002", *WAY, "청 813.8-홍18ㅂ=2", "아동자료실", 15000]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the files that the page names."""
    monkeypatch.chdir(tmp_path)
    kolas(tmp_path / "kolas.mrc")
    koha(tmp_path / "koha.mrc")
    account = ["EM0000001003", "회계 원리", "박셈", "325.9-박54ㅎ", "일반자료실", ""]
    newest = ["EM0000001004", "긴 강", "한강진", "813.7-한12ㄱ", "일반자료실", 12000]
    title = ["새봄도서관 도서 목록"]
    xlsx(tmp_path / "list.xlsx", {"도서 목록": [title, HEADING, FIRST, SECOND, account], "메모": [["없음"]]})
    xlsx(tmp_path / "next-month.xlsx", {"도서 목록": [HEADING, FIRST, newest]})
    rows = "번호,서명,저자,등록번호\n1,남의 책,누구,EM0000001003\n2,새 책,아무개,EM0000001009\n"
    patrons(tmp_path)
    (tmp_path / "other-list.csv").write_bytes(rows.encode("cp949"))
    return tmp_path


def patrons(folder: Path) -> None:
    """KOLAS's list of patrons, in tabs and UTF-16, and a spreadsheet with one of them, and one by another name."""
    heading = "대출자번호\t이름\t생년월일\tE_MAIL\t휴대폰\t직급키\t소속키\r\n"
    rows = "A0001\t하윤서\t19900501\t\t01012345678\t일반\t01\r\nA0002\t서지우\t19850505\t\t\t교직원\t02\r\n"
    (folder / "patrons.csv").write_bytes((heading + rows).encode("utf-16"))
    listed = [["A0001", "하윤서", "010-1234-5678"], ["A0002", "남궁별", ""], ["A0003", "박새봄", "02-123-4567"]]
    xlsx(folder / "members.xlsx", {"회원": [["회원번호", "성명", "연락"], *listed]})


def lend_what_the_page_names() -> None:
    """Has lending hear of books and patrons, and writes who has two of the copies, and one that is not here."""
    Bus().settle()
    rows = "A0001,EM0000001001,2026-01-20,2026-02-03,\nA0002,EM0000001003,2026-01-02,2026-01-16,2999-12-31\n"
    heading = "대출자번호,등록번호,대출일,반납예정일,대출정지일\n"
    Path("loans.csv").write_bytes(f"{heading}{rows}A0001,EM9999999999,2026-01-20,2026-02-03,\n".encode("cp949"))


def kolas(path: Path) -> None:
    """KORMARC as KOLAS III writes it: UTF-16 with a mark, a line end behind each record, no 003."""
    zelkova = iso(
        ("001", "KOL000000101"),
        ("020", data("$a9788937462788$g03810$c\\16800")),
        ("049", data("$lEM0000000101$v1$f아동$lEM0000000102$c2", "0 ")),
        ("056", data("$a813.7$26")),
        ("090", data("$a813.7$b느64ㅂ$c1")),
        ("245", data("$a느티나무 아래 /$d한느티 지음")),
        leader=UNSAID,
    )
    rivers = iso(
        ("001", "KOL000000102"),
        ("049", data("$lEM0000000201$fR")),
        ("056", data("$a911$26")),
        ("090", data("$a911$b이12ㄱ")),
        ("245", data("$a강의 역사 /$d이강 지음")),
        ("950", data("$b₩25000")),
        leader=UNSAID,
    )
    text = "".join(record.decode() + "\r\n" for record in (zelkova, rivers))
    path.write_bytes(b"\xff\xfe" + text.encode("utf-16-le"))


def koha(path: Path) -> None:
    """MARC 21 with Koha's items, one of them lost, and a record that was deleted there."""
    leader, deleted = "00000nam a2200000 a 4500", "00000dam a2200000 a 4500"
    harbor = iso(
        ("001", "11"),
        ("003", "OSt"),
        ("100", data("$aVale, Mina")),
        ("245", data("$aQuiet Harbor")),
        ("952", data("$p39001000000011$cGEN$yBK$o823 VAL")),
        ("952", data("$p39001000000012$cREF$yREF$71")),
        leader=leader,
    )
    tables = iso(
        ("001", "12"), ("003", "OSt"), ("245", data("$aTide Tables")), ("952", data("$p3901$yBK$11")), leader=leader
    )
    gone = iso(("001", "13"), ("003", "OSt"), ("245", data("$aAn Old Almanac")), leader=deleted)
    path.write_bytes(harbor + tables + gone)


def done(lines: list[str]) -> None:
    """Runs the commands of a block, and compares what they print with what stands under them."""
    blocks = re.findall(r"^\$ \./manage\.py (.*)\n((?:(?!\$ ).*\n)*)", "".join(f"{line}\n" for line in lines), re.M)
    assert blocks
    for command, shown in blocks:
        last = imports_of(BOOKS).order_by("-pk").values_list("pk", flat=True).first()
        said = printed(re.sub(rf"\b{NUMBER_ON_THE_PAGE}\b", str(last), command))
        expected = re.sub(rf"^books {NUMBER_ON_THE_PAGE}\b", f"books {last}", shown, flags=re.M)
        assert re.fullmatch(pattern(expected), said) or not shown, f"{command}\n{said}"


def people() -> dict[str, tuple[str, str]]:
    """Who has each card, and the name of the category."""
    return {one.card_number: (one.name, one.category.name_ko if one.category else "") for one in User.objects.all()}


def printed(command: str) -> str:
    """What a command prints, its error as the shell would show it."""
    out = StringIO()
    name, *arguments = shlex.split(command)
    try:
        call_command(name, *arguments, stdout=out, stderr=out)
    except CommandError as error:
        out.write(f"CommandError: {error}\n")
    return out.getvalue()


def pattern(shown: str) -> str:
    """A regular expression of what a page shows: `…` alone is any lines, in a line any letters."""
    lines = [
        r"(?:.*\n)*" if line == ANY else ".*".join(map(re.escape, line.split(ANY))) + "\n"
        for line in shown.splitlines()
    ]
    return "".join(lines)


@pytest.mark.usefixtures("folder")
def test_the_page_does_what_it_says() -> None:
    done(BLOCKS["From KOLAS"])
    assert shelf() == {"느티나무 아래": ["EM0000000101", "EM0000000102"], "강의 역사": ["EM0000000201"]}
    assert "느티나무 아래" in Path("check.csv").read_text("utf-8-sig")
    zelkova = Book.objects.get(title="느티나무 아래")
    assert (zelkova.call_number, zelkova.class_number, zelkova.isbn_addon) == ("813.7 느64ㅂ", "813.7", "03810")

    done(BLOCKS["From Koha"])
    assert (shelf()["Quiet Harbor"], shelf()["Tide Tables"]) == (["39001000000011", "39001000000012"], [])
    assert [copy.for_loan for copy in Copy.objects.filter(room__in=["GEN", "REF"]).order_by("room")] == [True, False]

    done(BLOCKS["From a spreadsheet"])
    assert shelf()["바람의 길"] == ["EM0000001001", "EM0000001002"]
    second = Copy.objects.get(barcode="EM0000001002")
    assert (second.price, second.copy_number, second.shelving_mark, second.room) == (15000, "2", "청", "아동자료실")

    done(BLOCKS["Patrons"])
    lend_what_the_page_names()
    done(BLOCKS["Open loans"])
    assert Loan.objects.filter(status="active").count() == 2
    assert people() == {"A0001": ("하윤서", "일반"), "A0002": ("서지우", "교직원"), "A0003": ("박새봄", "")}

    done(BLOCKS["Doubts"])
    assert "새 책" in shelf()
    before = shelf()
    done(BLOCKS["Taking an import back"])
    assert shelf() == {title: copies for title, copies in before.items() if title != "새 책"}

    before = shelf()
    done(BLOCKS["Taking books out"])
    assert shelf() == before
    assert all(Path(name).stat().st_size for name in ("books.mrc", "books.csv", "for-koha.mrc"))


def test_every_block_of_the_page_is_run() -> None:
    books = ["From KOLAS", "From Koha", "From a spreadsheet"]
    chapters = [*books, "Patrons", "Open loans", "Doubts", "Taking an import back", "Taking books out"]
    assert list(BLOCKS) == chapters
    assert all(len(BLOCKS[chapter]) == 10 for chapter in chapters[:3])


def test_what_a_page_shows_is_compared_line_by_line() -> None:
    assert re.fullmatch(pattern("one\n…\nlast … line\n"), "one\ntwo\nthree\nlast good line\n")
    assert not re.fullmatch(pattern("one\n…\nlast\n"), "one\ntwo\n")
