"""The table of subscriptions, the events, and the page that shows them."""

from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from io import StringIO
from typing import Union, get_args, get_origin, get_type_hints

import pytest
from django.core.management import call_command

from fines.handlers import charge_late_fee
from kernel.eventbus.checks import declared_events, faults_of
from kernel.eventbus.events import DomainEvent
from kernel.eventbus.registry import installed_subscriptions
from lending.events import BookBorrowed, BookReturned

SUBSCRIPTIONS = installed_subscriptions()
PLAIN = {str, int, bool, date, datetime, type(None)}
NAMING = {"name", "surname", "card", "number", "email", "mail", "address", "phone", "telephone", "birth", "birthday"}
"""Words of a field that would say more of a person than an id does."""


@pytest.mark.parametrize("event", declared_events(), ids=lambda event: event.__name__)
def test_an_event_is_a_frozen_dataclass_of_plain_values(event: type[DomainEvent]) -> None:
    assert is_dataclass(event)
    assert event.__dataclass_params__.frozen
    hints = get_type_hints(event)
    for field in fields(event):
        assert field.kw_only
        assert _plain(hints[field.name]), field.name


@pytest.mark.parametrize("event", declared_events(), ids=lambda event: event.__name__)
def test_an_event_names_people_by_id_only(event: type[DomainEvent]) -> None:
    assert not [field.name for field in fields(event) if _names_somebody(field.name)]


def test_the_test_for_names_can_fail() -> None:
    assert all(map(_names_somebody, ("card_number", "name", "patron_name", "email", "home_address", "phone")))
    assert not any(map(_names_somebody, ("patron", "title", "barcode", "isbn", "payment")))


@pytest.mark.parametrize("event", declared_events(), ids=lambda event: event.__name__)
def test_an_event_says_in_one_sentence_what_happened(event: type[DomainEvent]) -> None:
    sentence = event.__doc__ or ""
    assert sentence.endswith(".")
    assert "\n\n" not in sentence
    assert not sentence.startswith(event.__name__)


def test_event_names_are_unique() -> None:
    names = [event.__name__ for event in declared_events()]
    assert len(names) == len(set(names))


def test_the_table_has_no_faults() -> None:
    assert faults_of(SUBSCRIPTIONS, declared_events()) == []


def test_an_event_without_an_entry_is_refused() -> None:
    table = {event: handlers for event, handlers in SUBSCRIPTIONS.items() if event is not BookBorrowed}
    assert {fault.id for fault in faults_of(table, declared_events())} == {"eventbus.E001"}


def test_a_public_handler_that_nothing_calls_is_refused() -> None:
    table = {
        event: [one for one in handlers if one is not charge_late_fee] for event, handlers in SUBSCRIPTIONS.items()
    }
    assert [fault.id for fault in faults_of(table, declared_events())] == ["eventbus.E002"]


def test_a_handler_that_is_not_given_what_it_is_annotated_with_is_refused() -> None:
    others = [handler for handler in SUBSCRIPTIONS[BookReturned] if handler is not charge_late_fee]
    faults = faults_of({**SUBSCRIPTIONS, BookReturned: others}, declared_events())
    assert [fault.id for fault in faults] == ["eventbus.E004"]


def test_a_handler_annotated_with_another_event_is_refused() -> None:
    table = {**SUBSCRIPTIONS, BookBorrowed: [*SUBSCRIPTIONS[BookBorrowed], charge_late_fee]}
    assert [fault.id for fault in faults_of(table, declared_events())] == ["eventbus.E003"]


def test_the_page_of_events_is_current() -> None:
    call_command("eventmap", "--check")


def test_the_map_shows_who_reacts_to_a_return() -> None:
    out = StringIO()
    call_command("eventmap", stdout=out)
    assert "lending.BookReturned(" in out.getvalue()
    assert "-> fines.handlers.charge_late_fee" in out.getvalue()


@dataclass(frozen=True)
class NotPlain:
    thing: object


def test_the_test_for_plain_values_can_fail() -> None:
    assert not _plain(NotPlain)
    assert not _plain(dict[int, object])
    assert _plain(dict[int, int])


def _names_somebody(field: str) -> bool:
    return not NAMING.isdisjoint(field.split("_"))


def _plain(hint: object) -> bool:
    origin = get_origin(hint)
    if origin in (dict, tuple, Union) or str(type(hint)) == "<class 'types.UnionType'>":
        return all(_plain(part) for part in get_args(hint) if part is not ...)
    return hint in PLAIN
