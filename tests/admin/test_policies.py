"""Policies on the staff side: typed in plain words, with what comes of them, and dropped before their day."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from lending.models import Policy, PolicyChange
from lending.policy_fields import NAMES
from tests.admin.door import Door, a_librarian, said

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def librarian() -> Door:
    """Somebody who may adopt policies, and reads English."""
    return a_librarian(headers={"Accept-Language": "en"})


def test_what_is_empty_is_left_out_and_a_word_stands_for_no_limit(librarian: Door) -> None:
    typed = {"loan__days": "7", "loan__max_copies": "none", "loan__for_loan": "True", "renewal__from": "today"}
    page = librarian.send("lending_policy_add", category="child", copy_type="dvd", **typed)

    policy = Policy.objects.get()
    given = {"loan.days": 7, "loan.max_copies": None, "loan.for_loan": True, "renewal.from": "today"}
    assert (policy.category, policy.copy_type, policy.begins_on, policy.given) == ("child", "dvd", None, given)
    assert "it is due on" in page
    assert "It may be renewed once, by 7 days." in page
    assert said()[-1] == "PolicyAdopted"
    shown = librarian.see("lending_policy_change", policy.pk)
    assert "copies out at most: none" in shown
    assert "For child and dvd on" in shown
    assert "from the beginning" in librarian.see("lending_policy_changelist")


def test_what_holds_without_any_policy_is_said_on_the_list_and_at_each_rule(librarian: Door) -> None:
    assert "No policy was adopted: what is built in holds." in librarian.see("lending_policy_changelist")
    page = librarian.see("lending_policy_add")
    assert page.count("Without any policy: ") == len(NAMES)
    assert "Without any policy: the due date." in page, "of a choice"
    assert "Without any policy: yes." in page
    assert 'class="vDateField"' in page, "with a calendar"
    librarian.send("lending_policy_add", loan__days="7")
    assert "what is built in holds" not in librarian.see("lending_policy_changelist")


def test_what_comes_of_a_policy_is_said_in_one_message(librarian: Door) -> None:
    page = librarian.send("lending_policy_add", loan__days="7")
    assert page.count('<li class="info">') == page.count('<li class="success">') == 1
    assert "For everybody and everything on" in page


def test_a_suspension_of_no_day_is_not_adopted_and_says_so(librarian: Door) -> None:
    typed = {"late__as": "suspension", "late__suspension_factor": "0"}
    assert "With this nobody is suspended" in librarian.send("lending_policy_add", **typed)
    assert not Policy.objects.exists()
    librarian.send("lending_policy_add", **typed, late__suspension_extra_days="7")
    assert Policy.objects.exists()


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("loan__days", "-1"),
        ("loan__days", "none"),
        ("loan__days", "a week"),
        ("renewal__max", "1001"),
        ("category", "A b"),
    ],
)
def test_a_faulty_policy_is_not_adopted(librarian: Door, name: str, typed: str) -> None:
    assert "errorlist" in librarian.send("lending_policy_add", **{name: typed})
    assert not Policy.objects.exists()


def test_a_policy_of_a_day_in_the_past_is_refused(librarian: Door) -> None:
    yesterday = TODAY - timedelta(days=1)
    refused = librarian.send("lending_policy_add", valid_from=yesterday, loan__days="7")
    assert f"{date_format(yesterday)} is past" in refused
    assert not Policy.objects.exists()
    librarian.send("lending_policy_add", valid_from=TODAY, loan__days="7")
    librarian.send("lending_policy_add", valid_from=TODAY, loan__days="8")
    assert [policy.given for policy in Policy.objects.all()] == [{"loan.days": 8}], "the same day's is replaced"


def test_a_policy_is_dropped_until_its_day(librarian: Door) -> None:
    for day in (TODAY, TODAY + timedelta(days=1)):
        librarian.send("lending_policy_add", valid_from=day, loan__days="7")
    in_force, to_come = Policy.objects.order_by("valid_from")
    assert "Revoked: 1." in librarian.act("lending_policy", "drop", to_come)
    assert said()[-1] == "PolicyDropped"
    assert "are in force" in librarian.act("lending_policy", "drop", in_force)
    assert list(Policy.objects.all()) == [in_force]


def test_what_comes_of_it_is_shown_before_it_is_adopted(librarian: Door) -> None:
    typed = {"category": "child", "loan__days": "7", "late__as": "suspension", "late__suspension": "sum"}
    page = librarian.send("lending_policy_add", **typed, _preview="yes")
    assert "Nothing is saved yet" in page
    assert "For child and everything on" in page
    assert "The days add up." in page
    assert not Policy.objects.exists()
    librarian.send("lending_policy_add", **typed)
    assert Policy.objects.count() == 1


def test_every_change_is_kept_with_who_and_when(librarian: Door) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    for days in ("7", "9"):
        librarian.send("lending_policy_add", valid_from=str(tomorrow), loan__days=days)
    policy = Policy.objects.get()
    page = librarian.see("lending_policy_change", policy.pk)
    assert page.index("replaced") < page.index("adopted")
    assert ": 7" in page
    assert librarian.user
    assert librarian.user.name in page
    librarian.act("lending_policy", "drop", policy)
    kept = PolicyChange.objects.filter(policy=policy.pk).order_by("pk").values_list("what", "by", "given")
    rules = [{"loan.days": 7}, {"loan.days": 9}, {"loan.days": 9}]
    assert [*kept] == [
        (what, librarian.user.pk, given) for what, given in zip(["adopted", "replaced", "dropped"], rules, strict=True)
    ]
