"""`manage.py import_books`: records come in, come again, and are told of when they can't."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from catalog.models import Book, Copy, SourceRecord
from kernel.eventbus.models import Event
from kernel.importing import batches
from tests.catalog.imports import figures, imported, reasons
from tests.catalog.records import field, marc_file, record, xml_file

pytestmark = pytest.mark.django_db

ISBN = field("020", "a", "9788937460777")


def test_a_bad_record_stops_no_other(tmp_path):
    good = record("31", "첫째"), record("32", "둘째"), record("33", "셋째")
    cut = record("34", "잘린 책").as_marc()[:-9]
    bad_text = record("35", "망가진").as_marc().replace("망".encode(), b"\xff\xfe\xfd")
    path = marc_file(
        tmp_path / "bad.mrc", good[0], b"not a record\x1d", bad_text, good[1], record("36"), b"\r\n", good[2], cut
    )

    report = imported(path)

    assert figures(report) == (7, 3, 0, 0, 4)
    assert reasons(report) == [(2, "unreadable"), (3, "nonsense"), (5, "no_title"), (7, "unreadable")]
    assert set(Book.objects.values_list("title", flat=True)) == {"첫째", "둘째", "셋째"}


def test_a_bad_record_in_xml_stops_no_other(tmp_path):
    broken = record("41", "깨진")
    path = xml_file(tmp_path / "bad.xml", record("40", "첫째"), broken, record("42", "둘째"))
    path.write_bytes(
        path.read_bytes().replace(b'<controlfield tag="001">41</controlfield>', b"<controlfield>41<leader>")
    )

    report = imported(path)

    assert figures(report) == (3, 2, 0, 0, 1)
    assert reasons(report) == [(2, "unreadable")]


def test_xml_that_breaks_off_keeps_what_came_before_and_names_the_rest(tmp_path):
    path = xml_file(tmp_path / "half.xml", record("43", "첫째"), end=b"<record><leader>")

    report = imported(path)

    assert (figures(report), reasons(report)) == ((2, 1, 0, 0, 1), [(2, "unreadable")])
    assert Book.objects.get().title == "첫째"


def test_some_lost_records_are_an_exit_status_of_their_own(tmp_path):
    path = marc_file(tmp_path / "bad.mrc", record("44", "첫째"), record("45"))

    with pytest.raises(CommandError) as caught:
        call_command("import_books", str(path), stdout=StringIO())

    assert caught.value.returncode == 3


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.mrc", b""), ("none.xml", b"<collection/>"), ("letter.csv", b""), ("head.csv", b"title\n")],
)
def test_a_file_without_records_is_an_error(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)

    with pytest.raises(CommandError) as caught:
        call_command("import_books", str(tmp_path / name), stdout=StringIO())

    assert caught.value.returncode == 1


def test_the_same_file_twice_adds_and_changes_nothing(tmp_path):
    path = marc_file(
        tmp_path / "twice.mrc",
        record("51", "물결", ISBN),
        record("52", "바람", year="1975"),
        record("53", "물결", ISBN),
        record("54", "물결 2", ISBN),
    )
    first = imported(path, copies=2)
    events = Event.objects.count()

    second = imported(path, copies=2)

    assert (figures(first), figures(second)) == ((4, 3, 0, 1, 0), (4, 0, 0, 4, 0))
    assert reasons(first) == [(4, "isbn_taken")]
    assert Event.objects.count() == events
    assert Copy.objects.count() == 6
    assert Book.objects.filter(isbn=None).count() == 2


def test_a_changed_record_revises_its_book(tmp_path):
    imported(marc_file(tmp_path / "old.mrc", record("61", "묵은 제목", ISBN), record("62", "바람")))

    new_isbn = field("020", "a", "9791125986898")
    report = imported(marc_file(tmp_path / "new.mrc", record("61", "묵은 제목, 고침", new_isbn), record("62", "바람")))

    assert figures(report) == (2, 0, 1, 1, 0)
    book = SourceRecord.objects.get(key="GOR:61").book
    assert (book.title, book.isbn) == ("묵은 제목, 고침", "9791125986898")


def test_a_record_of_another_system_fills_in_what_the_book_with_its_isbn_lacks(tmp_path):
    imported(marc_file(tmp_path / "one.mrc", record("63", "물결", ISBN)))
    table = tmp_path / "other.csv"
    table.write_text("ISBN,제목,출판사\n978-89-374-6077-7,물결 : 바다 이야기,새벽\n", "utf-8")

    assert figures(imported(table)) == (1, 0, 1, 0, 0)
    assert figures(imported(table)) == (1, 0, 0, 1, 0)

    book = Book.objects.get()
    assert (book.title, book.publisher, book.source_records.count()) == ("물결", "새벽", 2)


def test_an_import_that_was_stopped_goes_on_where_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 200)
    path = marc_file(tmp_path / "long.mrc", *(record(str(number), f"책 {number}") for number in range(250)))
    with monkeypatch.context() as interrupted:
        interrupted.setattr("kernel.importing.engine._is_going_on", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            call_command("import_books", str(path), stdout=StringIO())
    assert Book.objects.count() == 200

    assert figures(imported(path, resume=True)) == (250, 250, 0, 0, 0)
    assert Book.objects.count() == 250


def _interrupt(_run: object) -> None:
    raise KeyboardInterrupt


def test_a_rehearsal_changes_nothing_and_reports_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 5)
    filling = [record(str(number), f"책 {number}") for number in range(20)]
    path = marc_file(tmp_path / "twins.mrc", record("a", "물결", ISBN), *filling, record("b", "물결", ISBN))

    rehearsal = imported(path, dry_run=True)

    assert not Book.objects.exists()
    assert not Event.objects.filter(name="BookRegistered").exists()
    assert figures(rehearsal) == figures(imported(path)) == (22, 21, 0, 1, 0)


def test_new_books_get_copies_and_old_ones_do_not(tmp_path):
    imported(marc_file(tmp_path / "one.mrc", record("71", "하나")), copies=2)

    imported(marc_file(tmp_path / "two.mrc", record("71", "하나, 고침"), record("72", "둘")), copies=3)

    assert [book.copies.count() for book in Book.objects.order_by("pk")] == [2, 3]


def test_the_report_can_be_a_table(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("title,isbn\n제목,9788937460778\n", "utf-8")

    call_command("import_books", str(path), report=tmp_path / "report.csv", stdout=StringIO())

    head, line = (tmp_path / "report.csv").read_text("utf-8-sig").splitlines()
    assert head.split(",")[:4] == ["number", "label", "outcome", "reason"]
    assert line.split(",")[:4] == ["1", "제목", "noted", "isbn_invalid"]
    assert head.split(",")[-2:] == ["detail", "row"]
    assert line.split(",")[-2:] == ["9788937460778", "2"]


def test_long_texts_are_shortened_and_strange_letters_left_out(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text(f"title,publisher\n{'가' * 1200},a\x00b\u200b\x07c\n", "utf-8")

    assert reasons(imported(path)) == [(1, "shortened")]
    assert (len(Book.objects.get().title), "\0" in Book.objects.get().publisher) == (1000, False)


def test_nothing_is_drawn_where_nobody_looks(tmp_path, capfd):
    out = StringIO()

    call_command("import_books", str(marc_file(tmp_path / "one.mrc", record("81", "하나"))), stdout=out)

    assert capfd.readouterr().err == ""
    assert out.getvalue() == "1 read: 1 added, 0 updated, 0 unchanged, 0 skipped\n"
