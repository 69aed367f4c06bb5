"""Overload on the site: a calm page with the place in line, which goes on by itself; nothing is done twice."""

import html
import re
from typing import Any

import pytest

from lending.deferral.tasks import decide_requested_loans
from lending.models import DeferredReturn, Loan
from opac.own.cancelled import WHY
from tests.factories import Town
from tests.lending.overload import breaker_open, broken, overloaded
from tests.opac.forms import form_with, forms_of, press
from tests.opac.test_borrowing import BUTTON, offer
from tests.opac.test_my_loans import mine
from tests.opac.visitor import Visitor
from tests.people import PASSWORD
from tests.stories.test_overload import breaking_at_the_commit, failing

AFRESH = '<meta http-equiv="refresh" content="5">'
AGAIN = "Try again"
PART = {"HX-Request": "true"}


def asked_for(town: Town, visitor: Visitor, book: int, button: str = BUTTON) -> tuple[int, str]:
    """Borrows while lending is overloaded; the loan that is only requested, and its page."""
    page = offer(visitor, book)
    with overloaded():
        page = press(visitor, page, button)
    return Loan.objects.filter(patron=town.haneul.id).latest("pk").pk, page


def look_again(visitor: Visitor, page: str) -> Any:
    """What the page asks for by itself every two seconds."""
    found = re.search(r'hx-get="([^"]+)" hx-trigger="every 2s"', page)
    assert found
    return visitor.get(found[1], headers=PART)


@pytest.mark.parametrize("trouble", [overloaded, breaker_open])
def test_one_waits_in_line_until_the_loan_is_made(town: Town, haneul: Visitor, trouble: Any) -> None:
    book = town.book(copies=3, title="소년이 온다")
    before, page = town.ask_for(town.jo, book), offer(haneul, book)
    with trouble():
        page = press(haneul, page, BUTTON)
    assert "Please wait" in page
    assert "소년이 온다" in page
    assert "1 request is decided before yours." in page
    assert f"<noscript>{AFRESH}</noscript>" in page
    assert look_again(haneul, page).status_code == 204

    town.jo.post(f"loans/{before['id']}/cancel")
    part = look_again(haneul, page)
    assert "Your request is the next one." in part.content.decode()
    assert "<html" not in part.content.decode()
    assert look_again(haneul, part.content.decode()).status_code == 204
    assert "please wait" in mine(haneul)

    assert decide_requested_loans() == 1
    assert look_again(haneul, page)["HX-Refresh"] == "true"
    loan = Loan.objects.get(patron=town.haneul.id)
    page = haneul.see(f"/loans/{loan.pk}")
    assert "14 days left" in page
    assert "March 16, 2026" in page
    assert AFRESH not in page


def test_in_korean(town: Town, in_korean: Visitor) -> None:
    book = town.book(copies=3, title="소년이 온다")
    for _ in range(2):
        town.ask_for(town.jo, book)
    _loan, page = asked_for(town, in_korean, book, "2026. 3. 16.까지 대출하기")
    assert "잠시 기다려 주세요" in page
    assert "앞에 신청 2건이 있습니다." in page
    assert "신청 취소" in page


def test_who_was_refused_is_told_why_and_what_to_do(town: Town, haneul: Visitor) -> None:
    book = town.book()
    town.ask_for(town.jo, book)
    loan, page = asked_for(town, haneul, book)
    decide_requested_loans()
    assert look_again(haneul, page)["HX-Refresh"] == "true"
    page = haneul.see(f"/loans/{loan}")
    assert "Not lent" in page
    assert "others had taken the last copy" in page
    assert f'href="/books/{book}/borrow"' in page


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("loan_limit_reached", "Return one, and borrow this one then."),
        ("patron_blocked", "Pay them at the desk"),
        ("book_not_found", "does not have this book any more"),
        ("copy_withdrawn", "took the copy out of its collection"),
        ("suspended", "Something came back late"),
        ("overdue_copies", "is overdue. Return it"),
        ("card_expired", "Your card has expired."),
        ("held_for_another", "held for others"),
        ("by_library", "The library cancelled this."),
    ],
)
def test_every_reason_is_a_sentence_that_helps(town: Town, haneul: Visitor, reason: str, sentence: str) -> None:
    loan, _page = asked_for(town, haneul, town.book())
    Loan.objects.filter(pk=loan).update(status="cancelled", cancel_reason=reason)
    assert sentence in haneul.see(f"/loans/{loan}")


def test_no_reason_is_left_without_a_sentence() -> None:
    assert WHY.keys() == set(Loan.CancelReason) - {Loan.CancelReason.NONE}


def test_who_left_the_page_finds_the_answer_under_my_page(town: Town, haneul: Visitor) -> None:
    book = town.book(title="소년이 온다")
    taken = town.ask_for(town.jo, book)
    loan, _page = asked_for(town, haneul, book)
    decide_requested_loans()
    page = mine(haneul)
    assert f'href="/loans/{loan}">“소년이 온다”</a>' in page
    assert "Not lent</span> When it was your turn, others had taken the last copy." in page

    town.give_back(town.jo, taken)
    press(haneul, offer(haneul, book), BUTTON)
    assert "When it was your turn" not in mine(haneul)


def test_a_request_can_be_cancelled_while_one_waits(town: Town, haneul: Visitor) -> None:
    loan, page = asked_for(town, haneul, town.book())
    page = press(haneul, page, "Cancel the request")
    assert "Your request is cancelled." in page
    assert "You cancelled this request." in page
    assert Loan.objects.get(pk=loan).cancel_reason == "by_patron"
    assert decide_requested_loans() == 0


def test_a_request_that_was_granted_meanwhile_is_not_cancelled(town: Town, haneul: Visitor) -> None:
    loan, page = asked_for(town, haneul, town.book())
    decide_requested_loans()
    assert "Only a loan that is still requested can be cancelled" in press(haneul, page, "Cancel the request")
    assert Loan.objects.get(pk=loan).status == "active"


def test_a_return_is_accepted_and_seen_to_be_under_way(town: Town, haneul: Visitor) -> None:
    loan = town.take(town.haneul, town.book(title="무진기행"))
    page = mine(haneul)
    with overloaded():
        page = press(haneul, page, "Yes, return it", loan=loan["id"])
    assert "The return of “무진기행” is accepted and done in a moment." in page
    assert "being returned" in page
    assert not [button for form in forms_of(page.partition("<main")[2]) for button in form.buttons]
    assert decide_requested_loans() == 1
    assert town.loan(town.haneul, loan)["status"] == "returned"


def test_nobody_returns_anothers_loan_under_overload(town: Town, haneul: Visitor) -> None:
    loan = town.take(town.jo, town.book())
    with overloaded():
        assert haneul.post("/me", {"act": "return", "loan": loan["id"]}).status_code == 404
    assert not DeferredReturn.objects.exists()


def test_what_can_not_be_done_now_is_kept_on_a_page_that_sends_it_again(town: Town, haneul: Visitor) -> None:
    loan = town.take(town.haneul, town.book())
    address, fields = form_with(mine(haneul), "Renew", loan=loan["id"])
    with overloaded():
        answer = haneul.post(address, fields)
    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert "<h1>Please wait</h1>" in page
    assert 'class="top"' in page
    assert form_with(page, AGAIN) == (address, fields)
    for _time in range(2):
        done = press(haneul, page, AGAIN)
        assert "Renewed: it is due on March 30, 2026 now." in done
    assert Loan.objects.get(pk=loan["id"]).renewals == 1


def test_a_borrow_that_could_not_even_be_stored_is_sent_again_and_made_once(town: Town, haneul: Visitor) -> None:
    book = town.book(copies=3)
    address, fields = form_with(offer(haneul, book), BUTTON)
    with broken("full=1"):
        answer = haneul.post(address, fields)
    assert answer.status_code == 503
    assert not Loan.objects.exists()
    pages = [press(haneul, html.unescape(answer.content.decode()), AGAIN) for _time in range(2)]
    assert all("You have borrowed “무진기행”." in page for page in pages)
    assert Loan.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_done_before_the_connection_broke_is_not_done_again(town: Town, haneul: Visitor) -> None:
    book = town.book(copies=3)
    page = offer(haneul, book)
    with broken(""), breaking_at_the_commit("lending_loanline") as broke:
        made = press(haneul, page, BUTTON)
    assert broke
    assert "You have borrowed “무진기행”." in made
    assert Loan.objects.count() == 1
    page = mine(haneul)
    with broken(""), breaking_at_the_commit("lending_return") as broke:
        done = press(haneul, page, "Yes, return it", loan=Loan.objects.get().pk)
    assert broke
    assert "“무진기행” is returned." in done
    assert not DeferredReturn.objects.exists()


def test_a_page_that_can_not_be_shown_is_asked_for_again_as_it_was(town: Town, haneul: Visitor) -> None:
    address = f"/books/{town.book()}/borrow?volume=2&amp;from=shelf"
    with failing(lambda sql: "lending_" in sql):
        page = haneul.get(html.unescape(address)).content.decode()
    assert f'href="{address}">{AGAIN}</a>' in page
    assert "What you sent" not in page


@pytest.mark.parametrize(
    ("language", "asked"), [("en", "Only passwords and files are not"), ("ko", "비밀번호와 파일만")]
)
def test_who_signs_in_then_is_told_that_the_password_is_not_kept(town: Town, language: str, asked: str) -> None:
    visitor, typed = Visitor(language=language), {"username": "P-7001", "password": PASSWORD}
    assert town.haneul
    with failing(lambda sql: "accounts_user" in sql):
        page = visitor.post("/sign-in", typed).content.decode()
    assert asked in page
    assert PASSWORD not in page


def test_where_all_was_kept_nothing_is_said_to_be_left_out(town: Town, haneul: Visitor) -> None:
    loan = town.take(town.haneul, town.book())
    form = form_with(mine(haneul), "Renew", loan=loan["id"])
    with overloaded():
        answer = haneul.post(*form)
    assert "passwords and files" not in answer.content.decode()
