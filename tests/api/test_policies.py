# ruff: noqa: E501  (a section of a policy is a line)
"""Policies at the API: adopted, replaced, dropped, and which one decides."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from kernel.eventbus.models import Event
from lending.policy_fields import NAMES
from tests.api.answers import done, refused
from tests.people import Person

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
TOMORROW = str(TODAY + timedelta(days=1))
ONE_POLICY = {
    "id", "valid_from", "category", "copy_type", "loan", "renewal", "hold", "late", "block", "items", "left_out",
}  # fmt: skip
PRINTED = {
    "loan": {"days": 14, "first_day": "next", "max_copies": 10, "max_of_type": None, "again_after_days": 0, "again_family": False, "for_loan": True, "self_return": True},
    "renewal": {"max": 1, "days": None, "from": "due_date", "earliest_days_before_due": None, "on_loan_day": True, "while_other_overdue": True, "if_held": False},
    "hold": {"max": 5, "per_copy": None, "per_book": None, "on_shelf": False, "pickup_days": 3, "pickup_first_day": "next", "pickup_counts": "open_days", "no_shows": None, "no_shows_within_days": None, "pause_days": None},
    "late": {"as": "fine", "counts": "calendar", "grace_days": 0, "suspension": "longest", "suspension_factor": 1, "suspension_extra_days": 0, "suspension_first_day": "return", "suspension_skips_closed": False, "suspension_max_days": None, "lost_after_days": None},
    "block": {"debt_from": 10000, "while_overdue": False, "overdue_copies": None, "overdue_days": None},
    "items": {"lend": True, "must_return": True, "count": False, "late": False},
}  # fmt: skip
OTHER: dict[str, Any] = {
    "loan": {"days": 7, "first_day": "same", "max_copies": None, "max_of_type": 2, "again_after_days": None, "again_family": True, "for_loan": False, "self_return": "drop_box"},
    "renewal": {"max": None, "days": 7, "from": "today", "earliest_days_before_due": 7, "on_loan_day": False, "while_other_overdue": False, "if_held": True},
    "hold": {"max": None, "per_copy": 3, "per_book": 10, "on_shelf": True, "pickup_days": 5, "pickup_first_day": "same", "pickup_counts": "calendar", "no_shows": 2, "no_shows_within_days": 90, "pause_days": 60},
    "late": {"as": "both", "counts": "open_days", "grace_days": 1, "suspension": "sum", "suspension_factor": 2, "suspension_extra_days": -1, "suspension_first_day": "next", "suspension_skips_closed": True, "suspension_max_days": 30, "lost_after_days": 21},
    "block": {"debt_from": None, "while_overdue": True, "overdue_copies": 5, "overdue_days": 90},
    "items": {"lend": False, "must_return": False, "count": True, "late": True},
}  # fmt: skip


def deciding(**asked: Any) -> dict[str, Any]:
    """What anybody is told that decides."""
    return dict(done(Person().get("policies/deciding", asked)))


def test_without_any_policy_the_printed_values_hold() -> None:
    told = deciding()

    assert told.keys() == ONE_POLICY
    assert told | PRINTED == told
    assert (told["id"], told["valid_from"], told["left_out"]) == (None, None, list(NAMES))
    assert done(Person().get("policies"))["results"] == []


def test_every_field_is_taken_kept_and_shown(ada: Person) -> None:
    made = done(ada.post("policies", {"valid_from": TOMORROW, "category": "adult", "copy_type": "dvd", **OTHER}), 201)

    assert made.keys() == ONE_POLICY
    assert made | OTHER == made
    assert (made["valid_from"], made["category"], made["copy_type"], made["left_out"]) == (TOMORROW, "adult", "dvd", [])
    assert done(Person().get("policies"))["results"] == [made]
    assert done(Person().get("policies", {"category": "child"}))["results"] == []
    assert done(Person().get("policies", {"on": str(TODAY)}))["results"] == []
    assert deciding(on=TOMORROW, category="adult", copy_type="dvd") == made
    assert deciding(on=str(TODAY), category="adult", copy_type="dvd")["id"] is None


def test_what_is_left_out_is_taken_from_the_policy_for_all_of_the_day(ada: Person) -> None:
    done(ada.post("policies", {"loan": {"days": 21, "max_copies": 5}}), 201)
    done(ada.post("policies", {"valid_from": TOMORROW, "loan": {"max_copies": None}}), 201)
    child = done(ada.post("policies", {"valid_from": str(TODAY), "category": "child", "renewal": {"max": 0}}), 201)

    assert (child["loan"]["days"], child["loan"]["max_copies"], child["renewal"]["max"]) == (21, 5, 0)
    assert "loan.days" in child["left_out"]
    assert "renewal.max" not in child["left_out"]
    later = deciding(on=TOMORROW, category="child")
    assert (later["id"], later["loan"]["days"], later["loan"]["max_copies"]) == (child["id"], 14, None)


def test_the_most_specific_decides_whatever_its_age(ada: Person) -> None:
    places: list[dict[str, Any]] = [
        {},
        {"copy_type": "dvd"},
        {"category": "child"},
        {"category": "child", "copy_type": "dvd"},
    ]
    for days, place in enumerate(places, 1):
        done(ada.post("policies", {**place, "loan": {"days": days}}), 201)
    done(ada.post("policies", {"valid_from": str(TODAY), "loan": {"days": 30}}), 201)

    asked = [{}, {"copy_type": "dvd"}, {"category": "child"}, {"category": "child", "copy_type": "dvd"}]
    assert [deciding(**place)["loan"]["days"] for place in asked] == [30, 2, 3, 4]
    assert deciding(category="adult", copy_type="map")["loan"]["days"] == 30


def test_a_policy_of_the_same_place_and_day_is_replaced(ada: Person) -> None:
    first = done(ada.post("policies", {"valid_from": TOMORROW, "loan": {"days": 7}}), 201)
    second = done(ada.post("policies", {"valid_from": TOMORROW, "renewal": {"max": 2}}), 200)

    assert (second["id"], second["loan"]["days"], second["renewal"]["max"]) == (first["id"], 14, 2)
    said = [event.payload["rules"] for event in Event.objects.filter(name="PolicyAdopted").order_by("pk")]
    assert said == [{"loan.days": 7}, {"renewal.max": 2}]
    assert Event.objects.filter(name="PolicyAdopted").values_list("by", flat=True).distinct().get() == ada.id


def test_rules_are_not_made_for_the_past_and_not_dropped_once_they_hold(ada: Person) -> None:
    yesterday = str(TODAY - timedelta(days=1))
    refused(ada.post("policies", {"valid_from": yesterday, "loan": {"days": 7}}), 409, "in_the_past")
    today, later = (
        done(ada.post("policies", {"valid_from": day, "loan": {"days": 7}}), 201)["id"]
        for day in (str(TODAY), TOMORROW)
    )

    refused(ada.delete(f"policies/{today}"), 409, "in_the_past")
    done(ada.delete(f"policies/{later}"), 204)
    refused(ada.delete(f"policies/{later}"), 404, "not_found")
    assert Event.objects.get(name="PolicyDropped").payload["policy"] == later
    assert [shown["id"] for shown in done(ada.get("policies"))["results"]] == [today]


def test_from_the_beginning_while_nothing_was_lent(ada: Person, haneul: Person, book: int) -> None:
    first = done(ada.post("policies", {"loan": {"days": 7}}), 201)
    again = done(ada.post("policies", {"loan": {"days": 8}}), 200)
    assert (first["id"], first["valid_from"]) == (again["id"], None)

    done(haneul.post("loans", {"book": book}), 201)
    refused(ada.post("policies", {"loan": {"days": 9}}), 409, "in_the_past")
    done(ada.post("policies", {"copy_type": "dvd", "loan": {"days": 9}}), 201)
    done(ada.post("policies", {"valid_from": str(TODAY), "loan": {"days": 9}}), 201)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"loan": {"days": -1}}, "loan.days"),
        ({"loan": {"days": None}}, "loan.days"),
        ({"loan": {"days": "7"}}, "loan.days"),
        ({"loan": {"first_day": "last"}}, "loan.first_day"),
        ({"loan": {"self_return": 1}}, "loan.self_return"),
        ({"loan": {"self_return": "yes"}}, "loan.self_return"),
        ({"loan": {"weeks": 2}}, "loan.weeks"),
        ({"renewal": {"from_": "today"}}, "renewal.from_"),
        ({"block": {"debt_from": 0}}, "block.debt_from"),
        ({"late": 7}, "late"),
        ({"late": {"as": "suspension", "suspension_factor": 0}}, "late.suspension_factor"),
        ({"late": {"as": "both", "suspension_max_days": 0}, "category": "child"}, "late.suspension_max_days"),
        ({"category": "Not a code"}, "category"),
        ({"valid_from": "2031-02-30"}, "valid_from"),
        ({"fines": {}}, "fines"),
    ],
)
def test_a_faulty_policy_is_refused(ada: Person, body: dict[str, Any], field: str) -> None:
    refused(ada.post("policies", body), 400, "invalid", field)
