"""While a context is away, a page of one's own shows what the others know, and says so."""

import pytest

from tests.factories import Town
from tests.opac.test_fees_and_history import read
from tests.opac.test_my_loans import figures, mine, row
from tests.opac.visitor import Visitor
from tests.stories.test_context_down import down

pytestmark = pytest.mark.django_db(transaction=True)
NO_LENDING = "Lending can't be asked just now."
NO_FEES = "Fees can't be shown just now."


@pytest.fixture
def late(town: Town) -> dict[str, int]:
    """A loan that is a day late, and a fine of an earlier one, of which 500 were paid."""
    fine = town.fines(town.haneul)[0]
    town.librarian.post(f"fines/{fine['id']}/payments", {"amount": 500})
    return town.lend_long_ago(town.haneul, town.book(title="토지"), day="2026-02-15")


def test_lending(haneul: Visitor, late: dict[str, int]) -> None:
    with down("lending"):
        page = mine(haneul)
    assert NO_LENDING in page
    assert row(page, late) == "토지 1 day late due on March 1, 2026 Returned today, it costs 500 KRW."
    assert figures(page) == ["1", "1", "1,500 KRW", "+ 500 KRW"]
    assert "Renew" not in page


def test_lending_where_nothing_was_out(town: Town, haneul: Visitor) -> None:
    with down("lending"):
        page = mine(haneul)
    assert NO_LENDING in page
    assert "You have nothing on loan." in page


def test_the_patrons_page(haneul: Visitor, late: dict[str, int]) -> None:
    with down("dashboard"):
        page = mine(haneul)
    assert NO_FEES in page
    assert NO_LENDING not in page
    assert row(page, late).startswith("토지 1 day late due on March 1, 2026 This loan can't be renewed")
    assert figures(page) == ["1", "1"]


def test_one_loan_without_the_patrons_page(haneul: Visitor, late: dict[str, int]) -> None:
    with down("dashboard"):
        page = read(haneul, f"/loans/{late['id']}")
    assert "1 day late" in page
    assert "it costs" not in page


def test_both(haneul: Visitor, late: dict[str, int]) -> None:
    with down("dashboard"), down("lending"):
        page = mine(haneul)
    assert NO_LENDING in page
    assert NO_FEES in page
    assert "Your loans can't be shown just now. Please try again in a moment." in page


def test_fines(haneul: Visitor, late: dict[str, int]) -> None:
    with down("fines"):
        page = read(haneul, "/me/fees")
    assert "Payments can't be shown just now." in page
    assert "as your page knew them at 10 a.m." in page
    assert "To pay 1,500 KRW" in page
    assert "Late fee 2,000 KRW Paid so far − 500 KRW To pay 1,500 KRW" in page
    with down("fines"), down("dashboard"):
        page = read(haneul, "/me/fees")
    assert "Your fees can't be shown just now. Please try again in a moment." in page


def test_the_history(haneul: Visitor, late: dict[str, int]) -> None:
    with down("lending"):
        page = read(haneul, "/me/history")
    assert "Your history can't be shown just now." in page


def test_one_loan_and_borrowing_ask_to_wait(haneul: Visitor, late: dict[str, int]) -> None:
    with down("lending"):
        for path in (f"/loans/{late['id']}", "/books/1/borrow"):
            answer = haneul.get(path)
            assert answer.status_code == 503
            assert "Please wait" in answer.content.decode()


def test_in_korean(in_korean: Visitor, late: dict[str, int]) -> None:
    with down("lending"):
        page = mine(in_korean)
    assert "지금은 대출 현황을 확인할 수 없어" in page
    with down("dashboard"):
        page = mine(in_korean)
    assert "지금은 연체료를 표시할 수 없습니다." in page


def test_renewing_and_returning_go_on_without_the_patrons_page_and_the_catalogue(
    town: Town, in_korean: Visitor, late: dict[str, int]
) -> None:
    with down("dashboard"), down("catalog"), down("fines"):
        answer = in_korean.send("/me", act="return", loan=late["id"])
    assert "반납되었습니다(1일 연체)." in answer
