"""Staff print labels and cards: chosen in lists, by an import, or scanned."""

import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from catalog.models import Book, Copy
from catalog.services import add_copies, register_book
from kernel.importing.models import Import
from printing.models import LabelSheet
from printing.sheets import PRESETS
from tests.admin.door import Door, a_librarian, a_patron
from tests.admin.test_every_page import INLINE
from tests.printing.reading import scanned, words

pytestmark = pytest.mark.django_db
LABELS = {"kind": "barcode", "sheet": "24", "start": "1", "each": "1", "symbology": "code128"}


@pytest.fixture
def librarian(db: Any) -> Door:
    """A librarian with every role."""
    return a_librarian()


@pytest.fixture
def book(librarian: Door) -> Book:
    """A children's novel in two copies."""
    now = timezone.now()
    book = register_book(now=now, title="채식주의자", authors=["한강"], call_number="813.62 한12ㅊ", volume="2")
    add_copies(book.pk, now=now, barcodes=["EM0000000001"], shelving_mark="아동")
    add_copies(book.pk, now=now, barcodes=["EM0000000002"], copy_number="2")
    return book


def printed(door: Door, page: str = "labels", **fields: Any) -> bytes:
    """The PDF that comes of the form."""
    answer = door.post(reverse(f"admin:printing_{page}"), {**LABELS, "print": "yes", **fields})
    assert answer["Content-Type"] == "application/pdf", answer.content.decode()
    return bytes(answer.content)


def refused(door: Door, page: str = "labels", **fields: Any) -> str:
    """The page that says why there is none."""
    return door.send(f"printing_{page}", **{**LABELS, "print": "yes", **fields})


def offered(page: str) -> list[str]:
    """The numbers that stand in the form."""
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    assert found
    return found[1].split()


def test_labels_of_chosen_books_and_copies_and_of_an_import(librarian: Door, book: Book) -> None:
    both = ["EM0000000001", "EM0000000002"]
    assert offered(librarian.act("catalog_book", "labels", book)) == both
    last = Copy.objects.get(barcode="EM0000000002")
    assert offered(librarian.act("catalog_copy", "labels", last, of_one=str(last.pk))) == ["EM0000000002"]
    run = Import.objects.create(kind="books", file_name="em.mrc", digest="d", added=1, created_at=timezone.now())
    Copy.objects.filter(pk=last.pk).update(added_by=run.pk)
    assert "em.mrc" in librarian.see("printing_labels")
    assert offered(librarian.see("printing_labels", **{"import": run.pk})) == ["EM0000000002"]
    for odd in ({"chosen": "nothing"}, {"import": "9" * 30}, {"import": "x"}):
        assert offered(librarian.see("printing_labels", **odd)) == []


def test_what_a_label_says(librarian: Door, book: Book) -> None:
    pdf = printed(librarian, numbers="em0000000001\r\nㄷㅡ0000000002", start="23", kind="both")
    assert [[tuple(one)[:2] for one in page] for page in scanned(pdf, PRESETS["24"])] == [
        [(22, "EM0000000001"), (23, "EM0000000002")]
    ]
    text = words(pdf).split()
    assert text[:4] == ["아동", "813.62", "한12ㅊ", "v.2"]
    assert "813.62-한12ㅊ-2=2" in text
    assert "c.2" in text
    twice = printed(librarian, numbers="EM0000000001", each="2")
    assert len(scanned(twice, PRESETS["24"])[0]) == 2


def test_numbers_that_are_not_a_decimal_call_number_keep_their_parts(librarian: Door, book: Book) -> None:
    Book.objects.update(call_number="PR6069 .E3653 K5 1983", volume="")
    lines = words(printed(librarian, numbers="EM0000000001", kind="spine", sheet="14")).split("\r\n")
    assert [line.strip() for line in lines] == ["아동", "PR6069", ".E3653", "K5", "1983"]


def test_faults_are_named_and_nothing_is_printed(librarian: Door, book: Book) -> None:
    assert "No copy has these barcodes: EM0000000009" in refused(librarian, numbers="EM0000000001\nEM0000000009")
    assert "The sheet has 24 places" in refused(librarian, numbers="EM0000000001", start="25")
    assert "take one with larger labels" in refused(librarian, numbers="EM0000000001", kind="both", sheet="65")
    assert "This field is required" in refused(librarian, numbers=" \n ")
    many = "\n".join(["EM0000000001"] * 101)
    assert "At most 2000 labels at once" in refused(librarian, numbers=many, each="20")


def test_the_first_sheet_is_shown_before_it_is_printed(librarian: Door, book: Book) -> None:
    page = librarian.send("printing_labels", **LABELS, numbers="EM0000000001\nEM0000000002", preview="yes")
    assert "Labels: 2, on sheets: 1." in page
    assert page.count('class="place"') == 24
    assert ">EM0000000002</text>" in page
    assert not INLINE.search(page)


def test_cards_of_chosen_patrons(librarian: Door) -> None:
    haneul = a_patron(name="김하늘")
    assert offered(librarian.act("accounts_user", "print_cards", haneul)) == ["P-7101"]
    pdf = printed(librarian, "cards", numbers="p-7101", sheet="10", start="4")
    assert [[tuple(one)[:2] for one in page] for page in scanned(pdf, PRESETS["10"])] == [[(3, "P-7101")]]
    assert "김하늘" in words(pdf)
    assert "No patron has these card numbers: P-9" in refused(librarian, "cards", numbers="P-9", sheet="10")


def test_the_library_has_sheets_of_its_own(librarian: Door, book: Book) -> None:
    measures = {"columns": 2, "rows": 3, "width": "80", "height": "40", "left": "10", "top": "20", "gap_x": "5",
                "gap_y": "0", "page_width": "210", "page_height": "297"}  # fmt: skip
    assert "don&#x27;t fit on the paper" in librarian.send(
        "printing_labelsheet_add", name="wide", **{**measures, "width": "110"}
    )
    librarian.send("printing_labelsheet_add", name="동네 용지", **measures)
    own = LabelSheet.objects.get()
    assert "동네 용지" in librarian.see("printing_labels")
    pdf = printed(librarian, numbers="EM0000000001", sheet=f"own-{own.pk}", start="6")
    assert [one.place for one in scanned(pdf, own.sheet())[0]] == [5]
    assert "Select a valid choice" in refused(librarian, numbers="EM0000000001", sheet="own-99")
