"""What holds for every page of one's own: nobody keeps it, who is signed out is told so, few questions are asked."""

import html
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lending.models import Loan
from opac.library_page import forget_library_page
from tests.factories import Town, new_policy, seoul
from tests.opac.forms import form_with, press
from tests.opac.test_borrowing import BUTTON, offer
from tests.opac.test_my_loans import mine
from tests.opac.visitor import Visitor

PAGES = (
    "/me", "/me/holds", "/me/fees", "/me/account", "/me/history", "/me/card", "/me/notices", "/books/{book}/borrow",
    "/loans/{loan}",
)  # fmt: skip
MOST = 13
TRANSACTIONS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")


@pytest.fixture
def paths(town: Town) -> list[str]:
    """The addresses of the pages, of a book and a loan that are there."""
    book = town.book(copies=30)
    loan = town.take(town.haneul, book)
    return [page.format(book=book, loan=loan["id"]) for page in PAGES]


def asked(visitor: Visitor, path: str) -> list[str]:
    """What a page asks of the database, where the process remembers nothing."""
    forget_library_page()
    with CaptureQueriesContext(connection) as captured:
        visitor.see(path)
    return [query["sql"] for query in captured if not query["sql"].startswith(TRANSACTIONS)]


def test_nobody_keeps_a_page_of_ones_own(haneul: Visitor, paths: list[str]) -> None:
    for path in paths:
        answer = haneul.get(path)
        assert answer.status_code == 200, path
        assert answer["Cache-Control"] == "private, no-store", path
        assert "HX-Request" in answer["Vary"], path
        assert "script-src 'self'" in answer["Content-Security-Policy"], path


def test_kinds_of_notices_begin_as_sentences_do(haneul: Visitor) -> None:
    page = haneul.see("/me/notices")
    assert "Hold ready" in page
    assert "hold ready" not in page
    assert page.count('<div class="field box">') == 2, "the label of a single box stands beside it"


def test_strangers_are_led_to_signing_in_and_back(haneul: Visitor, paths: list[str]) -> None:
    for path in paths:
        assert Visitor().get(path)["Location"] == f"/sign-in?next={path}"


def test_no_page_asks_more_for_more_rows(town: Town, haneul: Visitor, paths: list[str]) -> None:
    new_policy(seoul(1, 1).date(), loan__max_copies=50, block__debt_from=10**6)
    town.fines(town.haneul)
    town.lend_long_ago(town.haneul, town.book())
    few = {path: len(asked(haneul, path)) for path in paths}
    town.fines(town.haneul, times=15)
    book = town.book(copies=30)
    for _ in range(10):
        town.lend_long_ago(town.haneul, book)
        town.take(town.haneul, book)
        town.ask_for(town.haneul, book)
    many = {path: asked(haneul, path) for path in paths}
    assert {path: len(sql) for path, sql in many.items()} == few, many
    assert max(few.values()) <= MOST, few


def test_all_are_renewed_with_as_few_questions_as_one(town: Town, haneul: Visitor) -> None:
    def questions() -> int:
        address, fields = form_with(mine(haneul), "Renew all")
        with CaptureQueriesContext(connection) as captured:
            haneul.post(address, fields)
        return len([query for query in captured if not query["sql"].startswith(TRANSACTIONS)])

    book = town.book(copies=10)
    for _ in range(2):
        town.take(town.haneul, book)
    few = questions()
    for _ in range(8):
        town.take(town.haneul, book)
    assert questions() == few


def test_who_was_signed_out_meanwhile_is_told_so_and_comes_back_to_the_page(town: Town, haneul: Visitor) -> None:
    book = town.book()
    form = form_with(offer(haneul, book), BUTTON)
    haneul.cookies.pop("sessionid")
    answer = haneul.post(*form, follow=True)
    page = html.unescape(answer.content.decode())
    assert answer.redirect_chain[-1][0] == f"/sign-in?next=/books/{book}/borrow"
    assert "You were signed out meanwhile, so what you sent was not done." in page
    assert not Loan.objects.exists()
    assert town.haneul.user
    answer = haneul.sign_in(town.haneul.user.card_number, page=f"/books/{book}/borrow")
    assert answer.redirect_chain[-1][0] == f"/books/{book}/borrow"
    assert "대출되었습니다." in press(
        haneul, offer(haneul, book), "2026. 3. 16.까지 대출하기"
    )  # the account's language


def test_a_page_that_looks_again_without_a_session_leads_to_signing_in(town: Town, haneul: Visitor) -> None:
    loan = town.ask_for(town.haneul, town.book())
    haneul.cookies.pop("sessionid")
    address = f"/loans/{loan['id']}"
    headers: dict[str, Any] = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{address}"}
    answer = haneul.get(f"{address}?before=0", headers=headers)
    assert answer["HX-Redirect"] == f"/sign-in?next={address}"


def test_tabs_lead_from_page_to_page_and_mark_the_one_that_is_open(haneul: Visitor, paths: list[str]) -> None:
    own = [path for path in paths if path.startswith("/me") and path != "/me/account"]
    for path in own:
        tabs = haneul.see(path).partition('<nav class="tabs"')[2].partition("</nav>")[0]
        assert all(f'href="{other}"' in tabs for other in own)
        assert f'<a href="{path}" aria-current="page">' in tabs
        assert tabs.count("aria-current") == 1
