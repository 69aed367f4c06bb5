"""The calendar at the API: what is set, what is said of days, and what is refused."""

from typing import Any

import pytest

from kernel.eventbus.models import Event
from tests.api.answers import ONE_CLOSURE, ONE_DAY, ONE_OPENING, ONE_RULE, done, refused
from tests.factories import Town, seoul
from tests.people import Person

MONDAYS = {"valid_from": "2026-01-01", "closed_weekdays": [1], "holidays": "KR"}


def days(who: Person, first: str, last: str) -> list[dict[str, Any]]:
    """What the calendar says."""
    return list(done(who.get(f"calendar?from={first}&to={last}")))


def closed(who: Person, first: str, last: str) -> list[str]:
    """The closed ones of these days."""
    return [day["date"][5:] for day in days(who, first, last) if not day["open"]]


def test_without_a_rule_every_day_is_open_to_everybody(town: Town) -> None:
    (day,) = days(Person(), "2026-02-17", "2026-02-17")
    assert day == {"date": "2026-02-17", "open": True, "why": "Open as usual."}
    assert day.keys() == ONE_DAY


def test_a_rule_is_set_shown_and_taken_out(town: Town) -> None:
    rule = done(town.librarian.post("calendar/rules", MONDAYS), 201)
    assert rule.keys() == ONE_RULE
    assert rule == {
        "id": rule["id"], "valid_from": "2026-01-01", "closed": [{"weekday": 1, "weeks": None}], "if_holiday": "also",
        "holidays": "KR", "open_on": [],
    }  # fmt: skip
    assert done(Person().get("calendar/rules"))["results"] == [rule]
    assert closed(Person(), "2026-02-14", "2026-02-23") == ["02-16", "02-17", "02-18", "02-23"]
    assert [day["why"] for day in days(town.haneul, "2026-02-17", "2026-02-23")][::6] == [
        "Closed on a public holiday: Korean New Year.", "Closed each Monday.",
    ]  # fmt: skip
    done(town.librarian.delete(f"calendar/rules/{rule['id']}"), 204)
    assert closed(Person(), "2026-02-14", "2026-02-23") == []
    refused(town.librarian.delete(f"calendar/rules/{rule['id']}"), 404, "not_found")


def test_every_way_to_write_a_rule_comes_back_as_it_was_meant(town: Town) -> None:
    wanted = {
        "valid_from": "2020-01-01", "closed": [{"weekday": 1, "weeks": [4, 2]}], "closed_weekdays": [7],
        "if_holiday": "next_day", "holidays": "KR", "open_on": ["삼일절", "Hangul Day"],
    }  # fmt: skip
    rule = done(town.librarian.post("calendar/rules", wanted), 201)
    assert rule["closed"] == [{"weekday": 1, "weeks": [2, 4]}, {"weekday": 7, "weeks": None}]
    assert rule["open_on"] == ["삼일절", "Hangul Day"]
    everything = done(town.librarian.post("calendar/rules", {**MONDAYS, "open_on": "all"}), 201)
    assert everything["open_on"] == "all"
    assert closed(Person(), "2026-02-14", "2026-02-23") == ["02-16", "02-23"]


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({"valid_from": "2026-02-30"}, "valid_from"),
        ({}, "valid_from"),
        ({"valid_from": "2026-01-01", "closed_weekdays": [0]}, "closed_weekdays.0"),
        ({"valid_from": "2026-01-01", "closed_weekdays": [8]}, "closed_weekdays.0"),
        ({"valid_from": "2026-01-01", "closed": [{"weekday": 1, "weeks": [6]}]}, "closed.0.weeks.0"),
        ({"valid_from": "2026-01-01", "closed": [{"weekday": 1, "weeks": []}]}, "closed.0.weeks"),
        ({"valid_from": "2026-01-01", "if_holiday": "never"}, "if_holiday"),
        ({"valid_from": "2026-01-01", "holidays": "XX"}, "holidays"),
        ({"valid_from": "2026-01-01", "holidays": "kr"}, "holidays"),
        ({"valid_from": "2026-01-01", "holidays": "KR", "open_on": ["삼일"]}, "open_on"),
        ({"valid_from": "2026-01-01", "open_on": ["삼일절"]}, "open_on"),
        ({"valid_from": "2026-01-01", "open_on": "some"}, "open_on"),
        ({"valid_from": "2026-01-01", "name": "mine"}, "name"),
    ],
)
def test_a_rule_that_is_none_is_bad_input(town: Town, rule: dict[str, Any], field: str) -> None:
    document = town.librarian.post("calendar/rules", rule).json()
    assert document["status"] == 400
    assert field.partition(".")[0] in {fault["field"].partition(".")[0] for fault in document["errors"]}


def test_closures_and_openings_are_set_shown_and_taken_out(town: Town) -> None:
    wanted = {"from": "2026-03-03", "to": "2026-03-06", "reason": "공사"}
    closure = done(town.librarian.post("closures", wanted), 201)
    assert closure == {"id": closure["id"], **wanted, "late_days_count": None}
    assert closure.keys() == ONE_CLOSURE
    opening = done(town.librarian.post("openings", {"date": "2026-03-05", "reason": "강연"}), 201)
    assert opening.keys() == ONE_OPENING
    assert done(Person().get("closures"))["results"] == [closure]
    assert done(Person().get("openings"))["results"] == [opening]
    assert [day["why"] for day in days(town.haneul, "2026-03-04", "2026-03-05")] == [
        "Closed on these days: 공사", "Open on this day: 강연",
    ]  # fmt: skip
    assert closed(Person(), "2026-03-01", "2026-03-10") == ["03-03", "03-04", "03-06"]
    done(town.librarian.delete(f"openings/{opening['id']}"), 204)
    assert closed(Person(), "2026-03-01", "2026-03-10") == ["03-03", "03-04", "03-05", "03-06"]
    done(town.librarian.delete(f"closures/{closure['id']}"), 204)
    assert closed(Person(), "2026-03-01", "2026-03-10") == []


def test_a_closure_needs_its_days_in_order_and_a_reason(town: Town) -> None:
    backwards = {"from": "2026-03-06", "to": "2026-03-05", "reason": "공사"}
    refused(town.librarian.post("closures", backwards), 400, "invalid", "to")
    for last in ("2027-04-10", "9999-12-31"):
        for_ever = {"from": "2026-03-06", "to": last, "reason": "공사"}
        assert "at most 400 days" in str(refused(town.librarian.post("closures", for_ever), 400, "invalid", "to"))
    done(town.librarian.post("closures", {"from": "2026-03-06", "to": "2027-04-09", "reason": "공사"}), 201)
    refused(town.librarian.post("closures", {"from": "2026-03-06", "to": "2026-03-06"}), 400, "invalid", "reason")
    refused(town.librarian.post("openings", {"date": "2026-03-06"}), 400, "invalid", "reason")


def test_the_calendar_is_asked_for_400_days_at_most_in_their_order(town: Town) -> None:
    assert len(days(Person(), "2026-01-01", "2027-02-04")) == 400
    refused(Person().get("calendar?from=2026-01-01&to=2027-02-05"), 400, "invalid", "to")
    refused(Person().get("calendar?from=2026-01-02&to=2026-01-01"), 400, "invalid", "to")
    refused(Person().get("calendar?from=2026-01-02"), 400, "invalid", "to")


def test_nothing_is_said_of_years_whose_holidays_nobody_knows(town: Town) -> None:
    town.librarian.post("calendar/rules", MONDAYS)
    assert len(days(Person(), "2100-12-31", "2100-12-31")) == 1
    refused(Person().get("calendar?from=2100-12-31&to=2101-01-01"), 400, "invalid", "to")


def test_why_is_said_in_the_callers_language(town: Town) -> None:
    town.librarian.post("calendar/rules", MONDAYS)
    answer = Person().get("calendar?from=2026-03-01&to=2026-03-02", headers={"Accept-Language": "ko"})
    assert [day["why"] for day in answer.json()] == ["공휴일 휴관: 삼일절", "공휴일 휴관: 삼일절 대체 휴일"]


def test_the_newest_rule_in_force_holds_whole_also_when_it_is_dated_back(town: Town) -> None:
    town.librarian.post("calendar/rules", MONDAYS)
    later = done(town.librarian.post("calendar/rules", {"valid_from": "2026-02-20", "closed_weekdays": [5]}), 201)
    assert closed(Person(), "2026-02-14", "2026-02-28") == ["02-16", "02-17", "02-18", "02-20", "02-27"]
    town.librarian.delete(f"calendar/rules/{later['id']}")
    assert closed(Person(), "2026-02-14", "2026-02-28") == ["02-16", "02-17", "02-18", "02-23"]


def test_each_change_announces_the_whole_calendar_and_who_made_it(town: Town) -> None:
    rule = done(town.librarian.post("calendar/rules", {**MONDAYS, "open_on": ["삼일절"]}), 201)["id"]
    closure = {"from": "2026-03-03", "to": "2026-03-06", "reason": "공사", "late_days_count": False}
    number = done(town.librarian.post("closures", closure), 201)["id"]
    done(town.librarian.post("openings", {"date": "2026-03-05", "reason": "강연"}), 201)
    done(town.librarian.delete(f"closures/{number}"), 204)
    events = list(Event.objects.filter(name="CalendarChanged").order_by("pk"))
    assert [event.payload["version"] for event in events] == [1, 2, 3, 4]
    assert {(event.by, event.via, event.key) for event in events} == {(town.librarian.id, "api", "calendar:1")}
    said = events[2].payload
    assert said["rules"] == {str(rule): "2026-01-01"}
    assert said["closed"] == {str(rule): {"1": []}}
    assert (said["holidays"], said["open_on"]) == ({str(rule): "KR"}, {str(rule): ["삼일절"]})
    assert said["closures"] == {str(number): ["2026-03-03", "2026-03-06", "공사"]}
    assert said["late_days_count"] == {str(number): False}
    assert list(said["openings"].values()) == [["2026-03-05", "강연"]]
    assert events[3].payload["closures"] == {}
    assert town.bus.settle() is None


def test_a_rule_that_began_last_year_is_in_force_now(town: Town) -> None:
    town.librarian.post("calendar/rules", {"valid_from": "2020-01-01", "closed_weekdays": [1]})
    town.moves_to(seoul(3, 2))
    assert town.lend(town.haneul, town.book())["due_on"] == "2026-03-17"  # the 16th is a Monday
