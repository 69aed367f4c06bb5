"""The account on the patrons' site: balance, what was charged and paid and how, credit; nothing of who took it."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from opac.library_page import forget_library_page
from opac.own.paging import ROWS
from tests.factories import Town, new_policy, seoul
from tests.opac.test_fees_and_history import read
from tests.opac.visitor import Visitor

MOST = 12


def pays(town: Town, amount: int, method: str = "cash") -> int:
    """A payment at the till; its number."""
    answer = town.librarian.post(f"patrons/{town.haneul.id}/payments", {"amount": amount, "method": method})
    assert answer.status_code == 201
    return int(answer.json()["id"])


def test_a_payment_over_several_fines_stands_at_each_and_on_the_account(town: Town, haneul: Visitor) -> None:
    assert "Nothing was ever charged or paid." in read(haneul, "/me/account")
    town.fines(town.haneul, times=2)
    number = pays(town, 5_000, "card")
    page = read(haneul, "/me/fees")
    assert "To pay 0 KRW To your credit 1,000 KRW" in page
    assert page.count("March 2, 2026 Payment (card) − 2,000 KRW To pay 0 KRW") == 2
    book = "Lost & Found, vol. 1–3"
    page = read(haneul, "/me/account")
    assert f"Payment (card) no. {number} − 5,000 KRW {book} {book} To your credit 1,000 KRW" in page
    assert page.index("Payment (card)") < page.index("Late fee no.")
    reversal = town.librarian.post(f"payments/{number}/reverse", {"reason": "the wrong card"}).json()["id"]
    page = read(haneul, "/me/account")
    assert f"Reversal (card) no. {reversal} 5,000 KRW payment no. {number} To pay 4,000 KRW" in page
    assert f"no. {number} void − 5,000 KRW" in page
    assert "the wrong card" not in page
    assert "Ada Shelf" not in page
    assert "Payment" not in read(haneul, "/me/fees").replace("All payments", ""), "what was void paid nothing"


def test_the_account_in_korean(town: Town, in_korean: Visitor) -> None:
    town.fines(town.haneul)
    number = pays(town, 2_000)
    page = read(in_korean, "/me/account")
    assert f"납부 (현금) {number}번 − 2,000원" in page
    assert "낼 금액 0원" in page
    pays(town, 500, "card")
    page = read(in_korean, "/me/account")
    assert "납부 (카드)" in page
    assert "(회원증)" not in page, "a card of the library pays nothing"


def test_both_pages_take_few_queries_however_many_rows_there_are(town: Town, haneul: Visitor) -> None:
    new_policy(seoul(1, 1).date(), loan__max_copies=50, block__debt_from=10**6)
    town.fines(town.haneul, times=1)
    pays(town, 500)
    pages = ("/me/fees", "/me/account")
    few = [costs(haneul, path) for path in pages]
    town.fines(town.haneul, times=ROWS + 2)
    for amount in (500, 700, 3_000):
        pays(town, amount)
    assert [costs(haneul, path) for path in pages] == few
    assert max(few) <= MOST
    page = haneul.see("/me/account")
    assert page.count('class="card fine"') == ROWS
    assert 'rel="next"' in page


def costs(visitor: Visitor, path: str) -> int:
    """How many queries a page takes, when the process remembers nothing of the one before."""
    forget_library_page()
    with CaptureQueriesContext(connection) as queries:
        visitor.see(path)
    return len(queries)
