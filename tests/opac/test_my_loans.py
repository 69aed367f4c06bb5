"""My page: what I have and till when, what it costs, renewing and returning."""

import html
import re

from lending.models import Loan
from tests.factories import Town, new_policy, seoul
from tests.opac.conftest import speaking
from tests.opac.forms import forms_of, press
from tests.opac.visitor import Visitor
from tests.reading import text_of


def mine(visitor: Visitor) -> str:
    """The page as it is read."""
    return html.unescape(visitor.see("/me"))


def row(page: str, loan: dict[str, int]) -> str:
    """What stands in the row of a loan, without tags."""
    found = re.search(rf'<li class="card loan [a-z]+" id="loan-{loan["id"]}">(.*?)</li>', page, re.DOTALL)
    assert found, page
    return text_of(found[1])


def figures(page: str) -> list[str]:
    """The figures above the loans."""
    return [text_of(figure) for figure in re.findall(r"<dd>(.*?)</dd>", page.partition("</dl>")[0])]


def test_a_loan_is_there_before_anybody_has_heard_of_it(town: Town, haneul: Visitor) -> None:
    loan = town.take(town.haneul, town.book(title="무진기행"))
    page = mine(haneul)
    assert row(page, loan).startswith("무진기행 14 days left due on March 16, 2026")
    assert figures(page) == ["1", "0", "0 KRW"]
    assert "Fees as of 10 a.m." in page


def test_the_most_urgent_is_first_and_each_says_how_long_it_may_stay(town: Town, haneul: Visitor) -> None:
    book = town.book(copies=6)
    days = ["2026-02-28", "2026-02-16", "2026-02-17", "2026-02-15", "2026-02-01", "2026-02-18"]
    loans = [town.lend_long_ago(town.haneul, book, day=day) for day in days]
    page = mine(haneul)
    when = re.findall(r'<span class="badge (bad|warn|good)">([^<]+)</span>', page)
    assert when == [
        ("bad", "15 days late"),
        ("bad", "1 day late"),
        ("warn", "due today"),
        ("warn", "due tomorrow"),
        ("warn", "2 days left"),
        ("good", "12 days left"),
    ]
    assert "Returned today, it costs 2,000 KRW." in row(page, loans[4])
    assert "Returned today, it costs 500 KRW." in row(page, loans[3])
    assert "it costs" not in row(page, loans[1])
    assert figures(page) == ["6", "2", "0 KRW", "+ 2,500 KRW"]


def test_what_is_claimed_to_be_returned_is_not_shown_as_late(town: Town, haneul: Visitor) -> None:
    loan = town.lend_long_ago(town.haneul, town.book(title="무진기행"), day="2026-02-10")
    town.librarian.post(f"copies/{loan['copies'][0]['id']}/mark", {"as": "claimed_returned"})
    town.bus.settle()
    page = mine(haneul)
    assert row(page, loan).startswith("무진기행 you said that it was brought back due on")
    assert "it costs" not in row(page, loan)
    assert figures(page)[:3] == ["1", "0", "0 KRW"]


def test_the_same_in_korean(town: Town, in_korean: Visitor) -> None:
    loan = town.lend_long_ago(town.haneul, town.book(title="토지", copies=2), quantity=2, day="2026-02-15")
    page = mine(in_korean)
    assert row(page, loan).startswith("토지 1일 연체 반납 기한 2026. 3. 1. 2권 오늘 반납하면 연체료는 500원입니다.")
    assert figures(page) == ["2", "2", "0원", "+ 500원"]


def test_who_has_nothing_is_invited_to_look_for_a_book(haneul: Visitor) -> None:
    page = mine(haneul)
    assert "You have nothing on loan." in page
    assert 'href="/search">Find a book</a>' in page
    assert "Renew all" not in page


def test_one_loan_is_renewed_and_says_so_in_its_row(town: Town, haneul: Visitor) -> None:
    loan, other = (town.take(town.haneul, town.book()) for _ in range(2))
    page = press(haneul, mine(haneul), "Renew", loan=loan["id"])
    assert "Renewed: it is due on March 30, 2026 now." in row(page, loan)
    assert "renewed" in row(page, loan)
    assert "Renewed" not in row(page, other)
    assert "This loan can't be renewed" not in row(page, loan)
    assert "This loan can't be renewed: it was renewed as often as the rules allow." in row(mine(haneul), loan)
    assert "Renewed:" not in mine(haneul)


def test_the_second_of_two_tabs_is_refused_beside_the_loan(town: Town, haneul: Visitor) -> None:
    loan = town.take(town.haneul, town.book())
    one, two = mine(haneul), mine(haneul)
    press(haneul, one, "Renew", loan=loan["id"])
    page = press(haneul, two, "Renew", loan=loan["id"])
    assert "This loan can't be renewed: it was renewed as often as the rules allow." in row(page, loan)
    assert Loan.objects.get(pk=loan["id"]).renewals == 1


def test_all_are_renewed_in_one_act_and_those_refused_say_why(town: Town, haneul: Visitor) -> None:
    book = town.book(copies=4)
    late = town.lend_long_ago(town.haneul, book)
    fresh, again = town.take(town.haneul, book), town.take(town.haneul, book)
    town.haneul.post(f"loans/{again['id']}/renew")
    town.bus.settle()
    page = press(haneul, mine(haneul), "Renew all")
    assert "Loans renewed: 1 of 3." in page
    assert "This loan can't be renewed: it is overdue." in row(page, late)
    assert "Renewed: it is due on March 30, 2026 now." in row(page, fresh)
    assert "it was renewed as often as the rules allow." in row(page, again)
    town.bus.settle()
    shown = {one["loan"]: one["due_on"] for one in town.page(town.haneul)["loans"]}
    assert shown == {late["id"]: "2026-01-19", fresh["id"]: "2026-03-30", again["id"]: "2026-03-30"}


def test_who_owes_too_much_can_renew_nothing(town: Town, haneul: Visitor) -> None:
    new_policy(seoul(1, 1).date(), block__debt_from=2_000)
    loans = [town.take(town.haneul, town.book()) for _ in range(2)]
    before = mine(haneul)
    town.fines(town.haneul)
    page = press(haneul, before, "Renew all")
    assert "Loans renewed: 0 of 2." in page
    why = "This loan can't be renewed: the card is blocked, or fines must be paid first."
    assert all(why in row(page, loan) for loan in loans)


def test_a_return_asks_once_more_and_is_confirmed(town: Town, haneul: Visitor) -> None:
    loan = town.take(town.haneul, town.book(title="무진기행", copies=2), quantity=2)
    page = mine(haneul)
    assert "Are all 2 copies back at the library?" in row(page, loan)
    page = press(haneul, page, "Yes, return it", loan=loan["id"])
    assert "“무진기행” is returned." in page
    assert "You have nothing on loan." in page


def test_a_late_return_says_that_a_fee_follows_and_it_does(town: Town, haneul: Visitor) -> None:
    loan = town.lend_long_ago(town.haneul, town.book(title="무진기행"), day="2026-02-10")
    page = press(haneul, mine(haneul), "Yes, return it", loan=loan["id"])
    assert "“무진기행” is returned, 6 days late. The late fee appears under Fees in a moment." in page
    town.bus.settle()
    assert figures(mine(haneul)) == ["0", "0", "500 KRW"]


def test_what_was_returned_elsewhere_meanwhile_says_so(town: Town, haneul: Visitor) -> None:
    loan, _other = (town.take(town.haneul, town.book()) for _ in range(2))
    page = mine(haneul)
    town.haneul.post(f"loans/{loan['id']}/return", {})
    assert "It was returned already." in press(haneul, page, "Yes, return it", loan=loan["id"])


def test_nobody_acts_on_anothers_loan_and_no_button_that_is_none_works(town: Town, haneul: Visitor) -> None:
    loan = town.take(town.jo, town.book())
    for act in ("renew", "return", "cancel"):
        assert haneul.post("/me", {"act": act, "loan": loan["id"]}).status_code == 404
        assert haneul.post(f"/loans/{loan['id']}", {"act": act}).status_code == 404
    assert haneul.get(f"/loans/{loan['id']}").status_code == 404
    assert haneul.post("/me", {"act": "steal", "loan": loan["id"]}).status_code == 400
    assert haneul.post("/me", {"act": "renew", "loan": "1 OR 1"}).status_code == 400
    assert town.loan(town.jo, loan)["status"] == "active"


def test_a_title_is_text(town: Town, haneul: Visitor) -> None:
    town.take(town.haneul, town.book(title='<script>alert("1")</script>'))
    page = haneul.see("/me")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;" in page


def test_each_has_the_own_loans(town: Town, haneul: Visitor) -> None:
    town.take(town.jo, town.book(title="Little Women"))
    assert "Little Women" not in mine(haneul)
    assert "Little Women" in mine(speaking("en", town.jo.user))
    assert len([form for form in forms_of(mine(haneul)) if "form_key" in form.carries]) == 0


def test_a_lost_copy_is_not_said_to_be_returned(town: Town, haneul: Visitor) -> None:
    lost, part = town.take(town.haneul, town.book()), town.take(town.haneul, town.book(copies=2), quantity=2)
    for loan in (lost, part):
        marked = {"as": "lost", "reason": "물에 젖음"}
        assert town.librarian.post(f"copies/{loan['copies'][0]['id']}/mark", marked).status_code == 200
    town.give_back(town.haneul, part)
    whole, rest = haneul.see(f"/loans/{lost['id']}"), haneul.see(f"/loans/{part['id']}")
    assert ("Returned on" in whole, lost["copies"][0]["barcode"] in whole) == (False, True)
    assert '<span class="badge bad">Lost</span>' in haneul.see("/me/history")
    assert ("Returned on" in rest, part["copies"][0]["barcode"] in rest) == (True, True)
