"""Fees with their explanations and payments, and what was brought back."""

import re

from fines.models import Fine
from lending.models import Loan
from opac.own.paging import ROWS
from tests.factories import Town, new_policy, seoul
from tests.opac.forms import press
from tests.opac.test_my_loans import figures, mine
from tests.opac.visitor import Visitor
from tests.reading import text_of


def read(visitor: Visitor, path: str, **query: int) -> str:
    """A page's text without tags, as it is read."""
    return text_of(f"<main{visitor.see(path, **query).partition('<main')[2]}")


def test_fines_say_why_they_are_owed_what_was_paid_and_what_is_left(town: Town, haneul: Visitor) -> None:
    oldest, waived, _unpaid = town.fines(town.haneul, times=3)
    assert town.librarian.post(f"fines/{oldest['id']}/payments", {"amount": 500}).status_code == 201
    assert town.librarian.post(f"fines/{oldest['id']}/payments", {"amount": 1_500}).status_code == 201
    assert town.librarian.post(f"fines/{waived['id']}/payments", {"amount": 400}).status_code == 201
    assert town.librarian.post(f"fines/{waived['id']}/waive", {"reason": "in hospital"}).status_code == 200
    page = read(haneul, "/me/fees")
    assert "To pay 2,000 KRW Please pay at the desk. All payments" in page
    why = "Returned 42 days late: 15 days or more late cost 2,000 KRW (the usual fees)."
    charge = "March 2, 2026 Late fee 2,000 KRW"
    title = "Lost & Found, vol. 1–3"
    payments = "March 2, 2026 Payment (cash) − 500 KRW March 2, 2026 Payment (cash) − 1,500 KRW"
    assert f"{title} paid {why} {charge} {payments} To pay 0 KRW" in page
    money = "March 2, 2026 Payment (cash) − 400 KRW March 2, 2026 Waiver − 1,600 KRW"
    assert f"{title} waived {why} {charge} {money} To pay 0 KRW" in page
    assert f"{title} unpaid {why} {charge} To pay 2,000 KRW" in page
    assert page.index("unpaid") < page.index("waived") < page.index(" paid ")
    assert "in hospital" not in page


def test_fees_in_korean(town: Town, in_korean: Visitor) -> None:
    town.fines(town.haneul)
    page = read(in_korean, "/me/fees")
    assert "낼 금액 2,000원 데스크에서 내 주세요." in page
    assert "미납 42일 늦게 반납: 15일 이상 연체료 2,000원 (기본 요금 기준)." in page


def test_who_never_had_a_fee_reads_so(haneul: Visitor) -> None:
    assert "You have never had a fee." in read(haneul, "/me/fees")


def test_fees_are_paged(town: Town, haneul: Visitor) -> None:
    new_policy(seoul(1, 1).date(), loan__max_copies=50, block__debt_from=10**6)
    town.fines(town.haneul, times=ROWS + 2)
    page = haneul.see("/me/fees")
    assert page.count('class="card fine"') == ROWS
    older = re.search(r'href="/me/fees\?before=(\d+)"', page)
    assert older
    rest = haneul.see("/me/fees", before=int(older[1]))
    assert rest.count('class="card fine"') == 2
    assert 'rel="next"' not in rest
    assert 'href="/me/fees">Newest</a>' in rest
    assert "44,000 KRW" in rest
    assert int(older[1]) == Fine.objects.order_by("pk")[2].pk
    assert haneul.see("/me/fees?before=nothing").count('class="card fine"') == ROWS


def test_the_history_has_the_last_return_first_and_pages_behind_it(town: Town, haneul: Visitor) -> None:
    book = town.book(copies=2, title="토지")
    first, second = (town.take(town.haneul, book) for _ in range(2))
    assert "Books that you have brought back are listed here." in read(haneul, "/me/history")
    for loan in (second, first):
        town.clock.shift(60)
        town.haneul.post(f"loans/{loan['id']}/return", {})
    Loan.objects.filter(pk=second["id"]).update(title="무진기행")
    page = read(haneul, "/me/history")
    assert page.index("토지 March 2, 2026 to March 2, 2026") < page.index("무진기행 March 2, 2026")
    assert "토지" not in read(haneul, "/me/history", before=first["id"])
    assert "무진기행" in read(haneul, "/me/history", before=first["id"])


def test_a_history_of_many_pages_shows_each_loan_once(town: Town, haneul: Visitor) -> None:
    book = town.book(copies=1)
    for number in range(2 * ROWS + 1):
        loan = town.take(town.haneul, book)
        town.clock.shift(60 * (number % 2))  # many came back at the same moment
        town.haneul.post(f"loans/{loan['id']}/return", {})
        Loan.objects.filter(pk=loan["id"]).update(title=f"Volume {number}.")
    found, path, pages = [], "/me/history", 0
    while path:
        page, pages = haneul.see(path), pages + 1
        found += re.findall(r"Volume (\d+)\.", page)
        onward = re.search(r'rel="next" href="([^"]+)"', page)
        path = onward[1] if onward else ""
    assert [int(one) for one in found] == list(reversed(range(2 * ROWS + 1)))
    assert pages == 3


def test_a_late_return_stands_in_the_history_and_on_the_loans_page(town: Town, haneul: Visitor) -> None:
    loan = town.lend_long_ago(town.haneul, town.book(title="토지", copies=2), quantity=2, day="2026-02-15")
    town.give_back(town.haneul, loan)
    assert "토지 Feb. 15, 2026 to March 2, 2026 2 copies 1 day late" in read(haneul, "/me/history")
    page = read(haneul, f"/loans/{loan['id']}")
    assert "Returned Returned on March 2, 2026 Borrowed on Feb. 15, 2026 Due on March 1, 2026 Late by 1 day ·" in page


def test_each_has_the_own_fees_and_history(town: Town, haneul: Visitor) -> None:
    town.fines(town.jo)
    assert "Lost & Found" not in read(haneul, "/me/fees")
    assert "Lost & Found" not in read(haneul, "/me/history")
    (loan,) = Loan.objects.filter(patron=town.jo.id)
    another = Loan.objects.create(
        patron_id=town.haneul.id,
        book_id=loan.book_id,
        title="Mine",
        quantity=1,
        status="returned",
        requested_at=loan.requested_at,
        borrowed_at=loan.borrowed_at,
        due_on=loan.due_on,
        returned_at=loan.returned_at,
    )
    assert another
    assert "Mine" not in read(haneul, "/me/history", before=loan.pk)  # another's loan is no place to go on from


def test_one_loan_can_be_renewed_and_returned_on_its_page(town: Town, haneul: Visitor) -> None:
    loan = town.take(town.haneul, town.book(title="토지"))
    path = f"/loans/{loan['id']}"
    page = press(haneul, haneul.see(path), "Renew")
    assert "Renewed: it is due on March 30, 2026 now." in page
    assert "28 days left" in page
    page = press(haneul, page, "Yes, return it")
    assert "“토지” is returned." in page
    assert "Returned on" in page
    assert figures(mine(haneul))[0] == "0"


def test_a_late_loans_page_says_what_it_costs(town: Town, haneul: Visitor) -> None:
    loan = town.lend_long_ago(town.haneul, town.book(), day="2026-02-05")
    page = read(haneul, f"/loans/{loan['id']}")
    assert "11 days late" in page
    assert "Returned today, it costs 1,000 KRW." in page
