"""A librarian takes a file in on the staff side: upload, preview, start, report, doubts, undo."""

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from catalog.models import Book, BookDoubt, BookImport
from kernel.importing.tasks import go_on_with_imports
from kernel.importing.uploads import path_of
from tests.admin.door import Door, a_librarian
from tests.importing.importing import registrations, taken_in, uploaded
from tests.reading import text_of

pytestmark = pytest.mark.django_db
LIST, ADD, PAGE = (f"catalog_bookimport_{name}" for name in ("changelist", "add", "change"))


@pytest.fixture
def cataloguer() -> Door:
    """Somebody who may take files in."""
    return a_librarian("L-7400", roles=["cataloguer"])


def send(door: Door, *lines: str, encoding: str = "utf-8", **fields: Any) -> str:
    """Uploads a file and gives the page it leads to."""
    file = SimpleUploadedFile("목록.txt", "\n".join(lines).encode(encoding))
    return door.send(ADD, **{"file": file, "encoding": "utf-8", "source": "", **fields})


def actions(page: str) -> set[str]:
    """The buttons of a page."""
    return set(re.findall(r'<input type="hidden" name="action" value="(\w+)">', page))


def test_a_file_goes_from_upload_to_report_and_back_out(cataloguer: Door) -> None:
    preview = send(cataloguer, "토지", "Emma", "!zzz", "토지")
    run = BookImport.objects.get()
    assert (run.status, run.by, run.via) == ("uploaded", cataloguer.user.pk, "admin")
    assert all(text in preview for text in ("<strong>titles</strong>", "토지", "Emma", "제목", "a part was too long"))
    assert (actions(preview), "refresh" in preview) == ({"start"}, False)
    assert Book.objects.count() == 0

    running = cataloguer.act("catalog_bookimport", "start", run, of_one=str(run.pk))
    assert all(text in running for text in ('http-equiv="refresh"', "<progress", "Started: 1."))
    assert actions(running) == {"stop"}
    go_on_with_imports()

    report = cataloguer.see(PAGE, run.pk)
    assert ('id="import-added">2<' in report, "refresh" in report, actions(report)) == (True, False, {"undo"})
    assert "the record can&#x27;t be read" in report
    assert "the record can&#x27;t be read" not in cataloguer.see(PAGE, run.pk, outcome="noted")
    assert set(registrations().values_list("by", "via")) == {(run.by, "admin")}

    Book.objects.filter(title="Emma").update(call_number="813")
    asking = cataloguer.act("catalog_bookimport", "undo", run, of_one=str(run.pk))
    assert "What was used or changed since is kept" in asking
    cataloguer.act("catalog_bookimport", "undo", run, of_one=str(run.pk), confirmed="yes")
    go_on_with_imports()
    undone = cataloguer.see(PAGE, run.pk, outcome="kept")
    assert ("<strong>undone</strong>" in undone, "Emma" in undone, actions(undone)) == (True, True, set())
    assert list(Book.objects.values_list("title", flat=True)) == ["Emma"]


def test_reasons_are_counted_and_lead_to_their_records(cataloguer: Door) -> None:
    run = taken_in("!zzz", "Emma", "?Emma", "!yyy")
    page = cataloguer.see(PAGE, run.pk)
    assert "?outcome=&amp;reason=unreadable" in page
    assert "the heading is not counted" in page
    assert "<th>record</th>" in page
    assert "the record can&#x27;t be read</a>: 2" in page
    shown = {reason: numbers(cataloguer.see(PAGE, run.pk, reason=reason)) for reason in ("unreadable", "in_doubt", "x")}
    assert shown == {"unreadable": [1, 4], "in_doubt": [3], "x": [1, 3, 4]}


def numbers(page: str) -> list[int]:
    """The records that a report names."""
    return [int(number) for number in re.findall(r"<tr><td>(\d+)</td>", page)]


def test_the_list_shows_who_when_and_what_came_of_it(cataloguer: Door) -> None:
    taken_in("Emma", "?Emma", "!zzz", name="목록.txt", by=cataloguer.user.pk)
    page = cataloguer.see(LIST)
    row = text_of(page.partition("<tbody>")[2].partition("</tbody>")[0]).split()
    assert row[:4] == ["목록.txt", "L-7400", "Ada", "Shelf"]
    assert row[-6:] == ["done", "1", "0", "0", "1", "1"]


def test_an_upload_that_is_sent_twice_is_one_import(cataloguer: Door) -> None:
    for _ in range(2):
        page = send(cataloguer, "토지", form_key="k-1")
    assert BookImport.objects.count() == 1
    assert "saved before" in page


def test_a_file_in_another_encoding_is_looked_at_again(cataloguer: Door) -> None:
    page = send(cataloguer, "토지", encoding="cp949")
    run = BookImport.objects.get()
    assert ("choose another" in page, actions(page)) == (True, set())
    look = {"options-encoding": "cp949", "options-source": "NLK", "column_0": "title", "heading_column_0": "x"}
    page = cataloguer.send("catalog_bookimport_look", run.pk, **look)
    assert ("토지" in page, actions(page)) == (True, {"start"})
    assert BookImport.objects.get().options == {"encoding": "cp949", "source": "NLK"}


def test_what_columns_are_taken_for_is_chosen_by_hand(cataloguer: Door) -> None:
    send(cataloguer, "토지")
    run = BookImport.objects.get()
    columns = {"column_0": "publisher", "heading_column_0": "제목", "column_1": "title", "heading_column_1": "비고"}
    page = cataloguer.send("catalog_bookimport_look", run.pk, **{"options-encoding": "utf-8", **columns})
    assert BookImport.objects.get().options["map"] == {"publisher": "제목", "title": "비고"}
    assert re.search(r'<option value="title" selected>', page)
    columns |= {"column_0": ""}
    cataloguer.send("catalog_bookimport_look", run.pk, **{"options-encoding": "utf-8", **columns})
    assert BookImport.objects.get().options["map"] == {"publisher": "", "title": "비고"}


def test_a_started_file_is_not_read_in_another_way(cataloguer: Door) -> None:
    run = taken_in("토지")
    page = cataloguer.send("catalog_bookimport_look", run.pk, **{"options-encoding": "cp949"})
    assert "in this state: done" in page
    assert BookImport.objects.get().options == {}


def test_a_file_that_was_taken_in_before_is_known(cataloguer: Door) -> None:
    taken_in("토지")
    assert "taken in before" in cataloguer.see(PAGE, uploaded("토지").pk)


def test_a_file_that_is_too_large_is_refused_on_the_form(cataloguer: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kernel.importing.uploads.LARGEST", 3)
    assert "can be uploaded" in send(cataloguer, "토지")
    assert not BookImport.objects.exists()


def test_an_import_that_broke_off_says_why_and_goes_on(cataloguer: Door) -> None:
    run = taken_in("토지", "BREAK")
    page = cataloguer.see(PAGE, run.pk)
    assert ("breaks off behind record 1" in page, actions(page)) == (True, {"resume", "undo"})
    path_of(run).write_text("토지\nEmma\n")
    cataloguer.act("catalog_bookimport", "resume", run)
    go_on_with_imports()
    assert BookImport.objects.get().status == "done"


def test_a_running_import_is_stopped(cataloguer: Door) -> None:
    run = uploaded("토지")
    cataloguer.act("catalog_bookimport", "start", run)
    page = cataloguer.act("catalog_bookimport", "stop", run, of_one=str(run.pk))
    assert ("<strong>stopped</strong>" in page, actions(page)) == (True, {"resume", "undo"})
    go_on_with_imports()
    assert Book.objects.count() == 0
    assert "in this state: stopped" in cataloguer.act("catalog_bookimport", "stop", run)


def test_the_report_is_taken_along(cataloguer: Door) -> None:
    run = taken_in("토지", "!=1+1")
    table, document = (
        cataloguer.get(reverse("admin:catalog_bookimport_report", args=[run.pk, ending]))
        for ending in (".csv", ".json")
    )
    assert table.getvalue().decode("utf-8-sig").splitlines()[1].startswith("2,'=1+1,skipped,unreadable,")
    assert json.loads(document.getvalue())["read"] == 2
    assert cataloguer.get(reverse("admin:catalog_bookimport_report", args=[run.pk, ".exe"])).status_code == 404


def test_a_doubt_is_shown_with_both_sides_and_decided(cataloguer: Door) -> None:
    taken_in("Emma", "?Emma", by=1)
    doubt = BookDoubt.objects.get()
    Book.objects.update(publisher="Penguin")
    page = cataloguer.see("catalog_bookdoubt_change", doubt.pk)
    assert '<tr class="differs"><th scope="row">publisher</th><td>Penguin</td><td>–</td></tr>' in page
    assert '<tr class=""><th scope="row">title</th><td>Emma</td><td>Emma</td></tr>' in page
    assert (actions(page), "Another edition" in page) == ({"same", "other", "aside"}, True)
    page = cataloguer.act("catalog_bookdoubt", "other", doubt, of_one=str(doubt.pk))
    assert ("Registered." in page, actions(page)) == (True, set())
    event = registrations().latest("pk")
    assert (event.by, event.via) == (cataloguer.user.pk, "admin")
    again = {"action": "same", "_selected_action": [doubt.pk]}
    page = cataloguer.post(f"{reverse('admin:catalog_bookdoubt_changelist')}?decided=yes", again, follow=True)
    assert "decided already" in page.content.decode()


def test_doubts_are_decided_together_and_those_refused_are_named(cataloguer: Door) -> None:
    taken_in("Emma", "?Emma", "refused", "?refused", "?Emma")
    page = cataloguer.act("catalog_bookdoubt", "same", *BookDoubt.objects.all())
    assert ("Decided: 2." in page, "refused: They are not the same." in page) == (True, True)
    assert "refused" in cataloguer.see("catalog_bookdoubt_changelist")
    assert "1 entry" in cataloguer.see("catalog_bookdoubt_changelist")
    assert "2 entries" in cataloguer.see("catalog_bookdoubt_changelist", decided="yes")
    assert set(BookDoubt.objects.exclude(decision="").values_list("decided_by", flat=True)) == {cataloguer.user.pk}


def test_doubts_of_an_import_are_one_click_from_its_report(cataloguer: Door) -> None:
    run = taken_in("Emma", "?Emma")
    assert f"{reverse('admin:catalog_bookdoubt_changelist')}" in cataloguer.see(PAGE, run.pk)


def test_who_may_not_take_files_in_sees_none_of_it() -> None:
    run, desk = taken_in("Emma", "?Emma"), a_librarian("L-7401", roles=["desk"])
    pages = [(LIST, ()), (ADD, ()), (PAGE, (run.pk,)), ("catalog_bookimport_report", (run.pk, ".csv"))]
    pages += [("catalog_bookimport_look", (run.pk,)), ("catalog_bookdoubt_changelist", ())]
    for name, args in pages:
        assert desk.get(reverse(f"admin:{name}", args=args)).status_code == 403, name
    assert desk.post(reverse(f"admin:{LIST}"), {"action": "undo", "_selected_action": [run.pk]}).status_code == 403
    assert BookImport.objects.get().status == "done"


def test_an_upload_has_one_button_which_leads_to_the_preview(cataloguer: Door) -> None:
    page = cataloguer.see(ADD)
    assert re.findall(r'<input type="submit" value="([^"]+)"', page) == ["Preview"]
    assert "다른 이름으로" not in Door(cataloguer.user, headers={"accept-language": "ko"}).see(ADD)


def test_the_page_speaks_korean(cataloguer: Door) -> None:
    run = taken_in("토지", "!zzz", at=str(timezone.now()))
    korean = Door(cataloguer.user, headers={"accept-language": "ko"})
    page = korean.see(PAGE, run.pk)
    assert all(word in page for word in ("보고서 내려받기", "읽은 레코드", "되돌리기"))
