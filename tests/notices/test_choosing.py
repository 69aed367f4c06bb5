"""What a patron wants to hear of, and how."""

from typing import Any

from django.core import mail
from django.test import Client

from accounts.rules import KINDS_OF_NOTICES
from notices.kinds import Kind
from tests.factories import Town, refusal, seoul
from tests.notices.post import Post, announced, statuses


def test_a_kind_is_turned_off_by_the_link_in_a_mail(town: Town, post: Post) -> None:
    loan = town.lend(town.jo, town.book(title="Emma"))
    town.moves_to(seoul(3, 13))
    post.of_the_day()
    (letter,) = post.take()
    link = letter.extra_headers["List-Unsubscribe"].strip("<>")
    assert f"No more of these (due soon): {link}" in letter.body
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = "/" + link.split("/", 3)[3]
    reader = Client(enforce_csrf_checks=True)
    assert "due soon" in reader.get(path, headers={"Accept-Language": "en"}).content.decode()
    assert reader.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    town.jo.user.refresh_from_db()
    assert town.jo.user.notices_off == ["receipt", "due_soon"]
    for tampered in (path[:-1] + ("A" if path[-1] != "A" else "B"), "/notices/off/x"):
        assert reader.get(tampered).status_code == 404
    town.jo.post(f"loans/{loan['id']}/renew")
    town.moves_to(seoul(3, 27))
    post.of_the_day()
    assert post.take() == []


def test_a_patron_chooses_on_the_site_and_reads_there(town: Town, post: Post) -> None:
    town.lend(town.jo, town.book(title="Emma"))
    jo = Client(headers={"Accept-Language": "en"})
    town.moves_to(seoul(3, 17))
    post.of_the_day()
    jo.force_login(town.jo.user, backend="accounts.passwords.backends.CurrentCards")
    page = jo.get("/me/notices").content.decode()
    assert "Overdue: Emma" in page
    assert "Dear Jo March," in page
    answer = jo.post("/me/notices", {"by_message": "on", "kinds": ["due_soon", "receipt"]})
    assert answer["Location"] == "/me/notices"
    town.jo.user.refresh_from_db()
    assert (town.jo.user.notices_by_email, town.jo.user.notices_by_message) == (False, True)
    assert {"receipt", "due_soon", "overdue"}.isdisjoint(town.jo.user.notices_off)
    assert {"fine", "hold_ready", "expiring"} <= {*town.jo.user.notices_off}


def test_what_is_overdue_comes_whatever_is_turned_off(town: Town, post: Post) -> None:
    wanted = {"email": False, "message": False, "off": ["overdue", "due_soon"]}
    town.jo.patch("me", {"notices": wanted})
    town.lend(town.jo, town.book(title="Emma"))
    for day in (13, 17):
        town.moves_to(seoul(3, day))
        post.of_the_day()
    (letter,) = post.take()
    assert letter.subject == "Overdue: Emma"
    assert "No more of these" not in letter.body
    assert "List-Unsubscribe" not in letter.extra_headers


def test_some_of_the_choice_leaves_the_rest(town: Town, post: Post) -> None:
    town.jo.patch("me", {"notices": {"message": True}})
    town.jo.user.refresh_from_db()
    assert (town.jo.user.notices_by_email, town.jo.user.notices_by_message) == (True, True)
    assert town.jo.user.notices_off == ["receipt"]
    assert refusal(town.jo.patch("me", {"notices": {"off": "all"}})) == (400, "invalid")
    assert refusal(town.jo.patch("me", {"notices": {"off": ["due_sooner"]}})) == (400, "invalid")


def test_every_kind_of_notice_is_known_where_people_choose() -> None:
    assert list(KINDS_OF_NOTICES) == Kind.values


def test_a_card_that_is_closed_hears_of_nothing(town: Town, post: Post) -> None:
    town.lend(town.jo, town.book())
    town.jo.user.is_active = False
    town.jo.user.save()
    town.clock.move_to(seoul(3, 17))
    post.of_the_day()
    assert post.take() == []


def test_whose_mail_is_not_taken_is_tried_again_and_named_at_last(town: Town, post: Post, settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.notices.refusing.Refusing"
    town.lend(town.jo, town.book(title="Emma"))
    town.moves_to(seoul(3, 17))
    post.of_the_day()
    assert statuses() == [("overdue", "waiting")]
    for _try in range(7):
        post.a_little_later(40)
    assert statuses() == [("overdue", "failed")]
    assert announced() == ["NoticeFailed"]
    (shown,) = town.jo.get("me/notices").json()["results"]
    assert (shown["status"], mail.outbox) == ("failed", [])
