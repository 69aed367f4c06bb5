"""Letters and address labels for those who can't be reached otherwise."""

import re
import unicodedata
from datetime import date
from typing import Any

import pypdfium2
import pytest

from notices.models import Notice
from notices.sending.paper import Letter, labels, letters
from tests.factories import Town
from tests.notices.post import HANEUL, Post, announced, statuses
from tests.notices.test_staff import ada
from tests.people import a_patron

__all__ = ["ada"]
BORROWED = "2026-02-15"
"""Due on 1 March, so overdue for a day."""
MM = 72 / 25.4


def pages_of(pdf: bytes) -> list[str]:
    """What a reader finds on each page."""
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]


@pytest.fixture
def post(post: Post) -> Post:
    """김하늘 has an address on a street, and no other."""
    address = {"address": "서울특별시 종로구 사직로 161", "postal_code": "03045"}
    post.town.librarian.patch(f"patrons/{post.haneul.id}", {"email": "", "phone": "", **address})
    return post


def pdf_of(answer: Any) -> bytes:
    """The file that an action led to."""
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return b"".join(answer) if answer.streaming else answer.content


def chosen(ada: Any, action: str, **fields: Any) -> Any:
    """An action done to every notice."""
    keys = list(Notice.objects.values_list("pk", flat=True))
    return ada.post("/admin/notices/notice/", {"action": action, "_selected_action": keys, **fields})


def labels_from(ada: Any, start: int = 1) -> Any:
    """Their address labels, from that place of a sheet on."""
    return chosen(ada, "print_labels", confirmed="yes", start=start)


def waiting(ada: Any) -> str | None:
    """How many letters the start page says are to be printed; it leads to them."""
    found = re.search(r'id="waits-letters_to_print"><a href="([^"]+)"><strong>(\d+)<', ada.see("index"))
    assert found is None or "?status__exact=to_print" in found[1]
    return found[2] if found else None


def test_what_is_overdue_is_printed_for_who_has_neither(town: Town, post: Post, ada: Any) -> None:
    for title in ("난장이가 쏘아올린 작은 공", "토지"):
        town.lend_long_ago(town.haneul, town.book(title=title), day=BORROWED)
    post.of_the_day()
    assert (statuses(), announced(), post.take()) == ([("overdue", "to_print")], [], [])
    assert waiting(ada) == "1"

    (letter,) = pages_of(pdf_of(chosen(ada, "print_letters")))
    for line in (
        "서울특별시 종로구 사직로 161",
        "김하늘 귀하",
        "03045",
        "연체: 난장이가 쏘아올린 작은 공",
        "2026. 3. 2.",
    ):
        assert line in letter
    assert "- 토지, 반납 예정일 2026. 3. 1. (1일 지남)" in letter
    (sheet,) = pages_of(pdf_of(labels_from(ada)))
    assert sheet.split("\n") == ["서울특별시 종로구 사직로 161", "김하늘 귀하", "03045"]
    chosen(ada, "print_letters")
    assert (statuses(), announced(), waiting(ada)) == ([("overdue", "printed")], ["NoticeSent"], None)


def test_a_letter_is_not_printed_of_what_is_back_or_reached_by_now(town: Town, post: Post, ada: Any) -> None:
    others = [a_patron(f"P-71{number:02}", f"이웃 {number}", address="세종로 1") for number in range(2)]
    loans = [town.lend_long_ago(person, town.book(), day=BORROWED) for person in (town.haneul, *others)]
    post.of_the_day()
    assert [status for _kind, status in statuses()] == ["to_print"] * 3
    post.haneul.patch("me", {"email": HANEUL})
    town.give_back(others[0], loans[1])
    (letter,) = pages_of(pdf_of(chosen(ada, "print_letters")))
    assert "이웃 1 귀하" in letter
    post.a_little_later()
    assert sorted(status for _kind, status in statuses()) == ["printed", "sent"]
    assert [to for to, _subject in post.subjects()] == [HANEUL]


def test_who_has_no_address_of_any_kind_is_named(town: Town, post: Post, ada: Any) -> None:
    stranger = a_patron("P-7100", "김무명")
    town.lend_long_ago(stranger, town.book(), day=BORROWED)
    post.of_the_day()
    assert (statuses(), announced()) == ([("overdue", "failed")], ["NoticeFailed"])
    assert "there is no address of any kind" in ada.see("notices_notice_change", Notice.objects.get().pk)
    assert chosen(ada, "print_letters").status_code == 302


def test_labels_are_of_the_letters_that_are_printed(town: Town, post: Post, ada: Any) -> None:
    other = a_patron("P-7101", "이웃", address="세종로 1")
    for person in (town.haneul, other):
        town.lend_long_ago(person, town.book(), day=BORROWED)
    post.of_the_day()
    post.haneul.patch("me", {"email": HANEUL})
    (sheet,) = pages_of(pdf_of(labels_from(ada)))
    (letter,) = pages_of(pdf_of(chosen(ada, "print_letters")))
    assert sheet.split("\n") == ["세종로 1", "이웃 귀하"]
    assert "이웃 귀하" in letter


def test_each_page_of_a_long_letter_says_whose_it_is(town: Town) -> None:
    body = "\n".join(f"- 토지 {number}권" for number in range(60))
    long = Letter("도서관", "김하늘", "사직로 161", "03045", "ko", "연체: 토지", body)
    first, second, short = pages_of(letters([long, long._replace(name="이새봄", body="한 줄")], date(2026, 3, 2)))
    assert (first.split("\n")[-1], second.split("\n")[-1]) == ("김하늘 · 1 / 2", "김하늘 · 2 / 2")
    assert "- 토지 59권" in second
    assert short.split("\n")[-1] == "한 줄"


def test_what_the_font_has_no_letter_for_is_not_left_blank() -> None:
    name = unicodedata.normalize("NFD", "김하늘")
    body = "Ελλάδα, 简 and 书, 👩\u200d🚀, ไทย, 9⅓, ﬅ, a\rb\x0bc"
    (page,) = pages_of(letters([Letter("도서관", name, "", "", "en", "e\ufe0fnd", body)], date(2026, 3, 2)))
    assert page.split("\n")[2:] == ["김하늘", "end", "Ελλαδα, □ and □, □□, □□□, 9□, □, a b c"]


def test_the_seventeenth_label_stands_on_another_sheet() -> None:
    address = Letter("", "", "아주 긴 이름의 길 " * 12, "03045", "ko", "", "")
    first, second = pages_of(labels([address._replace(name=f"이웃 {number}") for number in range(17)]))
    assert (first.count("아주"), first.count("03045"), second.count("아주")) == (16 * 12, 16, 12)
    assert second.split("\n")[-2:] == ["이웃 16 귀하", "03045"]  # smaller, so that there is room for all
    (endless,) = pages_of(labels([address._replace(address=address.address * 9)]))
    assert len(endless.split("\n")) == 8  # no more than there is room for


def test_a_long_address_is_whole_in_the_window_and_on_its_label() -> None:
    house = "\n".join(["Flat 3", "The Old Rectory", "Rectory Lane", "Little Snoring", "Fakenham", "Norfolk", "England"])
    flat = Letter("Library", "Robin Goodfellow", house + "\nUnited Kingdom", "NR21 0HP", "en", "Overdue", "Dear Robin")
    road = Letter("도서관", "김수한무 " * 20, "서울특별시 마포구 월드컵북로 396 " * 12, "03925", "ko", "연체", "안녕")
    for letter, code in ((flat, "NR21 0HP"), (road, "03925")):
        (page,) = pypdfium2.PdfDocument(letters([letter], date(2026, 3, 2)))
        text = page.get_textpage()
        _left, bottom, _right, _top = text.get_charbox(text.get_text_range().replace("\r\n", "\n\n").index(code))
        assert bottom > (297 - 50 - 45) * MM  # in the window of the envelope
    (sheet,) = pages_of(labels([flat]))
    assert sheet.split("\n")[-1] == "NR21 0HP"
    assert "Norfolk, England, United Kingdom" in sheet.replace("\n", " ")


def test_labels_begin_at_the_first_free_place(town: Town, post: Post, ada: Any) -> None:
    other = a_patron("P-7101", "이웃", address="세종로 1")
    for person in (town.haneul, other):
        town.lend_long_ago(person, town.book(), day=BORROWED)
    post.of_the_day()
    asked = chosen(ada, "print_labels").content.decode()
    assert "A sheet has 16 labels of 99 × 34 mm (2 × 8, A4)." in asked
    assert "first free place:" in asked
    first, second = pypdfium2.PdfDocument(pdf_of(labels_from(ada, 16)))
    left, _bottom, _right, top = first.get_textpage().get_charbox(0)
    assert left > 105 * MM  # in the second column
    assert top < 34 * MM + 13 * MM  # of the last row
    assert "이웃" in second.get_textpage().get_text_range()
    for wrong in (0, 17):
        assert "first free place:" in labels_from(ada, wrong).content.decode()
    assert "The sheet has 16 places." in labels_from(ada, 17).content.decode()
