"""What librarians do with notices: words, timing, and what did not reach somebody."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from notices.models import Notice, Timing, Wording
from tests.admin.door import Door
from tests.factories import Town, seoul
from tests.notices.post import JO, Post, announced, statuses


@pytest.fixture
def ada(town: Town) -> Door:
    """Ada Shelf on the staff side, in English."""
    ada = Door(headers={"Accept-Language": "en"})
    User.objects.filter(pk=town.librarian.id).update(email="ada@example.org")
    ada.force_login(User.objects.get(pk=town.librarian.id), backend="accounts.passwords.backends.CurrentCards")
    return ada


OWN = {"kind": "overdue", "language": "en", "subject": "Bring back {title}", "line": "{title} ({days} days)"}


def test_words_are_seen_tried_and_used(town: Town, post: Post, ada: Door) -> None:
    page = ada.send("notices_wording_add", **OWN, _preview="Preview")
    assert "Subject: Bring back A made-up title" in page
    assert "- A made-up title (3 days)" in page
    assert "As a message (" in page
    assert "Nothing is saved yet" in page
    assert not any(fault in page for fault in ("correct the error", "<title>Error"))
    assert "What is filled in: {library}, {name}, {count}, {title}, {more}, {due_on}, {days}" in page
    assert not Wording.objects.exists()

    ada.send("notices_wording_add", **OWN)
    ada.act("notices_wording", "send_to_myself", Wording.objects.get())
    assert post.subjects() == [("ada@example.org", "Bring back A made-up title")]

    town.lend(town.jo, town.book(title="Emma"))
    town.moves_to(seoul(3, 17))
    post.of_the_day()
    (letter,) = post.take()
    assert letter.subject == "Bring back Emma"
    assert "- Emma (1 days)" in letter.body
    assert "These are overdue. Please bring them back:" in letter.body  # what is left empty is as usual


def test_words_that_no_mail_server_takes_are_not_said_to_be_sent(town: Town, ada: Door, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    ada.send("notices_wording_add", **OWN)
    page = ada.act("notices_wording", "send_to_myself", Wording.objects.get())
    assert "or the mail server takes nothing" in page
    assert "Sent: 1." not in page


def test_the_usual_words_are_shown_in_the_language_of_the_wording(town: Town, ada: Door) -> None:
    wording = Wording.objects.create(kind="overdue", language="ko")
    page = ada.see("notices_wording_change", wording.pk)
    for words in (
        "연체: {title}",
        "반납 예정일이 지났습니다. 반납해 주세요.",
        "{title}, 반납 예정일 {due_on} ({days}일 지남)",
    ):
        assert f"Left empty: {words}" in page  # each beside its own field


@pytest.mark.parametrize("place", ["{titel}", "{due_on}{pickup_by}", "{name.__class__}", "{}"])
def test_a_place_that_nothing_fills_is_named(town: Town, ada: Door, place: str) -> None:
    page = ada.send("notices_wording_add", kind="overdue", language="ko", subject="연체", line=place)
    unknown = place.removeprefix("{due_on}")
    assert f"Nothing fills {unknown}. There are {{library}}" in page
    assert not Wording.objects.exists()


def test_a_timing_is_adopted_for_a_day_to_come(town: Town, ada: Door) -> None:
    timing = {"due_soon_days": 2, "overdue_after": 3, "digest_at": "10:00", "left_out": ["receipt"]}
    page = ada.send("notices_timing_add", valid_from="2026-03-01", **timing)
    assert "It can only be adopted for today or a day to come." in page
    page = ada.send("notices_timing_add", valid_from="2026-03-02", quiet_from="22:00", **timing)
    assert "Quiet hours have a beginning and an end" in page
    ada.send("notices_timing_add", valid_from="2026-03-02", **timing)
    ada.send("notices_timing_add", valid_from="2026-03-02", **{**timing, "due_soon_days": 5})
    adopted = Timing.objects.get()
    assert (adopted.due_soon_days, adopted.overdue_every, adopted.left_out) == (5, None, ["receipt"])


def test_a_kind_that_the_library_leaves_out_is_not_sent(town: Town, post: Post, ada: Door) -> None:
    post.turn_off()
    ada.send("notices_timing_add", valid_from="2026-03-02", digest_at="09:00", left_out=["receipt"])
    town.lend(town.jo, town.book())
    post.a_little_later()
    assert (post.take(), statuses()) == ([], [])


def test_what_came_back_is_shown_and_sent_again(town: Town, post: Post, ada: Door) -> None:
    town.lend_long_ago(town.jo, town.book(title="Emma"), day="2026-02-15")
    post.of_the_day()
    notice = Notice.objects.get()
    assert "Overdue: Emma" in ada.see("notices_notice_changelist", q="P-7002")
    assert "Overdue: Emma" not in ada.see("notices_notice_changelist", q="P-7001")
    assert "Only a notice that did not reach its patron" in ada.act("notices_notice", "send_again", notice)
    assert "Came back: 1." in ada.act("notices_notice", "mark_returned", notice)
    assert announced() == ["NoticeSent", "NoticeFailed"]
    assert (statuses(), post.subjects()) == ([("overdue", "returned")], [(JO, "Overdue: Emma")])
    assert "To be sent again: 1." in ada.act("notices_notice", "send_again", notice)
    post.a_little_later()
    assert (statuses(), post.subjects()) == ([("overdue", "sent")], [(JO, "Overdue: Emma")])
    assert "Emma" in ada.see("notices_notice_change", notice.pk)


def test_the_list_says_who_they_are_for(town: Town, post: Post, ada: Door, django_assert_max_num_queries: Any) -> None:
    for reader in (town.jo, town.haneul):
        town.lend_long_ago(reader, town.book(title="Emma"), day="2026-02-15")
    post.of_the_day()
    page = ada.see("notices_notice_changelist")
    assert ("P-7002 Jo March" in page, "P-7001" in page) == (True, True)
    assert "Overdue: Emma" in ada.see("notices_notice_changelist", q="Jo")
    assert "Overdue: Emma" not in ada.see("notices_notice_changelist", q="Nobody")
    assert "P-7002 Jo March" in ada.see("notices_notice_change", Notice.objects.get(patron_id=town.jo.id).pk)
    assert "P-7002 Jo March" in ada.see("notices_notice_changelist", **{"as": "csv"})
    with django_assert_max_num_queries(9):
        ada.see("notices_notice_changelist")


def test_who_may_not_see_people_is_not_shown_their_names(town: Town, post: Post, ada: Door) -> None:
    town.lend_long_ago(town.jo, town.book(title="Emma"), day="2026-02-15")
    post.of_the_day()
    reader = User.objects.get(pk=town.librarian.id)
    reader.groups.clear()
    reader.user_permissions.add(Permission.objects.get(codename="view_notice"))
    notice = Notice.objects.get()
    for page in (ada.see("notices_notice_changelist"), ada.see("notices_notice_change", notice.pk)):
        assert ("P-7002" in page, f">{town.jo.id}<" in page) == (False, True)
