"""What is due soon and what is overdue, on the days that the timing names."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from notices.models import Cause, LoanRow, Notice
from notices.services import adopt_timing
from notices.tasks import find_todays_causes
from tests.factories import Town, refusal, seoul
from tests.notices.post import HANEUL, JO, Post, announced, statuses
from tests.people import Person


def test_a_loan_is_reminded_of_before_and_after_its_due_date(town: Town, post: Post) -> None:
    loan = town.lend(town.jo, town.book(title="Emma"))
    assert loan["due_on"] == "2026-03-16"
    heard = {}
    for day in range(3, 32):
        town.moves_to(seoul(3, day))
        post.of_the_day()
        if subjects := post.subjects():
            heard[day] = subjects
    assert heard == {
        13: [(JO, "Due soon: Emma")],
        17: [(JO, "Overdue: Emma")],
        24: [(JO, "Overdue: Emma")],
        31: [(JO, "Overdue: Emma")],
    }
    assert announced() == ["NoticeSent"] * 4


def test_it_is_one_mail_a_patron_and_day_in_the_patrons_language(town: Town, post: Post) -> None:
    for title in ("난장이가 쏘아올린 작은 공", "토지"):
        town.lend(town.haneul, town.book(title=title))
    town.moves_to(seoul(3, 13))
    post.of_the_day()
    (letter,) = post.take()
    assert letter.to == [f"김하늘 <{HANEUL}>"]
    assert letter.subject == "곧 반납: 난장이가 쏘아올린 작은 공"
    assert "- 난장이가 쏘아올린 작은 공, 반납 예정일 2026. 3. 16." in letter.body
    assert "- 토지, " in letter.body
    assert "김하늘 님" in letter.body


def test_what_is_back_already_is_not_reminded_of(town: Town, post: Post) -> None:
    book = town.book(copies=2)
    loan = town.lend(town.haneul, book)
    town.moves_to(seoul(3, 13, 7))
    assert "quiet hours" in post.of_the_day()
    assert Cause.objects.filter(kind="due_soon", state="waiting").count() == 1
    town.give_back(town.haneul, loan)
    town.moves_to(seoul(3, 13, 9))
    post.of_the_day()
    assert post.take() == []
    assert statuses() == []


def test_a_renewed_loan_is_reminded_of_by_its_new_date(town: Town, post: Post) -> None:
    loan = town.lend(town.jo, town.book(title="Emma"))
    town.moves_to(seoul(3, 13, 7))
    post.of_the_day()
    assert town.jo.post(f"loans/{loan['id']}/renew").status_code == 200
    town.moves_to(seoul(3, 13))
    post.of_the_day()
    assert post.take() == []
    town.moves_to(seoul(3, 27))
    post.of_the_day()
    assert post.subjects() == [(JO, "Due soon: Emma")]


def test_run_again_it_sends_nothing_twice(town: Town, post: Post) -> None:
    town.lend(town.jo, town.book())
    town.moves_to(seoul(3, 17))
    assert post.of_the_day(dry_run=True) == "due_soon: 0 would be sent\noverdue: 1 would be sent\n"
    post.of_the_day()
    for _again in range(2):
        assert "nothing is due" in post.of_the_day()
        assert post.of_the_day(dry_run=True) == "due_soon: 0 would be sent\noverdue: 0 would be sent\n"
    assert len(post.take()) == 1


def test_a_missed_day_is_caught_up_and_no_more(town: Town, post: Post) -> None:
    town.lend(town.jo, town.book())
    town.moves_to(seoul(3, 18))  # the first overdue day was yesterday
    post.of_the_day()
    assert len(post.take()) == 1
    other = town.lend(town.haneul, town.book())
    assert other["due_on"] == "2026-04-01"
    town.moves_to(seoul(4, 4))
    post.of_the_day()
    assert [to for to, _subject in post.subjects()] == []


def test_what_is_claimed_to_be_returned_is_not_reminded_of(town: Town, post: Post) -> None:
    loan = town.lend(town.jo, town.book())
    town.moves_to(seoul(3, 16))
    copy = loan["copies"][0]["id"]
    town.librarian.post(f"copies/{copy}/mark", {"as": "claimed_returned", "reason": "says so"})
    town.moves_to(seoul(3, 17))
    post.of_the_day()
    assert post.take() == []


def test_the_timing_is_the_librarys_from_a_day_on(town: Town, post: Post) -> None:
    town.lend(town.jo, town.book(title="Emma"))
    now = seoul(3, 2)
    adopt_timing(valid_from=now.date(), now=now, due_soon_days=None, overdue_after=2, overdue_every=None)
    days = []
    for day in (13, 15, 17, 18, 19, 25):
        town.moves_to(seoul(3, day))
        post.of_the_day()
        days += [day for _letter in post.take()]
    assert days == [18]


def test_nothing_goes_out_in_the_quiet_hours(town: Town, post: Post) -> None:
    town.lend(town.jo, town.book())
    went = {}
    for hour in (21, 23):
        town.moves_to(seoul(3, 17, hour))
        post.of_the_day()
        went[hour] = len(post.take())
    for hour in (7, 8):
        town.moves_to(seoul(3, 18, hour))
        post.of_the_day()
        went[hour] = len(post.take())
    assert went == {21: 0, 23: 0, 7: 0, 8: 1}


def test_a_card_that_expires_is_named(town: Town, post: Post) -> None:
    town.librarian.patch(f"patrons/{town.jo.id}", {"expires_on": "2026-04-01"})
    post.of_the_day()
    (letter,) = post.take()
    assert letter.subject == "Your library card ends on April 1, 2026"
    town.moves_to(seoul(3, 3))
    post.of_the_day()
    assert post.take() == []


def test_a_guardians_consent_that_expires_is_named(town: Town, post: Post) -> None:
    User.objects.filter(pk=town.jo.id).update(consent_until=date(2026, 4, 1))
    post.of_the_day()
    (letter,) = post.take()
    assert letter.subject == "Your guardian’s consent ends on April 1, 2026"


def test_a_consent_that_nobody_needs_any_more_ends_without_a_word(town: Town, post: Post) -> None:
    child = {"guardian": "Marmee", "consent_until": date(2026, 4, 1)}
    User.objects.filter(pk=town.jo.id).update(born_on=date(2012, 4, 2), **child)  # 14 on the day after
    User.objects.filter(pk=town.haneul.id).update(born_on=date(2012, 4, 3), **child)
    post.of_the_day()
    assert [letter.to for letter in post.take()] == [[f"김하늘 <{HANEUL}>"]]


def test_a_birth_date_that_is_corrected_before_the_notice_goes_counts(town: Town, post: Post) -> None:
    User.objects.filter(pk=town.jo.id).update(consent_until=date(2026, 4, 1))
    find_todays_causes()
    User.objects.filter(pk=town.jo.id).update(born_on=date(2010, 4, 2))
    post.of_the_day()
    assert post.take() == []


def test_a_patron_sees_what_was_sent(town: Town, post: Post) -> None:
    town.lend(town.jo, town.book(title="Emma"))
    assert town.jo.get("me/notices").json()["results"] == []
    town.moves_to(seoul(3, 17))
    post.of_the_day()
    (notice,) = town.jo.get("me/notices").json()["results"]
    assert notice.keys() == {"at", "kind", "channel", "title", "body", "status"}
    assert (notice["at"], notice["status"]) == ("2026-03-17T10:00:00+09:00", "sent")
    assert (notice["kind"], notice["channel"], notice["title"]) == ("overdue", "email", "Overdue: Emma")
    assert town.haneul.get("me/notices").json()["results"] == []
    assert refusal(Person().get("me/notices")) == (401, "not_authenticated")


@pytest.mark.parametrize(("day", "why"), [("2026-03-09", "in the future"), ("soon", "is not a day")])
def test_a_day_that_makes_no_sense_is_refused(town: Town, day: str, why: str) -> None:
    with pytest.raises(CommandError, match=why):
        call_command("send_notices", f"--as-of={day}")


def test_what_is_over_is_not_kept_for_ever(town: Town, post: Post) -> None:
    post.turn_off()
    town.give_back(town.jo, town.lend(town.jo, town.book()))
    lent = town.lend(town.jo, town.book())
    post.a_little_later()
    for days, kept in ((29, (1, 2)), (31, (1, 1)), (366, (0, 1))):
        town.moves_to(seoul(3, 2) + timedelta(days=days))
        find_todays_causes()
        assert (Notice.objects.filter(kind="receipt").count(), LoanRow.objects.count()) == kept
    assert LoanRow.objects.get().pk == lent["id"]
