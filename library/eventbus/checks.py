"""System checks that keep the table of subscriptions honest."""

import inspect
from types import ModuleType
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import import_string

from library.eventbus.events import DomainEvent
from library.eventbus.wiring import Subscriptions, events_heard_by, name_of


@register()
def subscriptions_are_complete(**_: Any) -> list[CheckMessage]:
    """Every event has an entry, every public handler is called, and each hears the events it is annotated with."""
    return faults_of(import_string("library.subscriptions.SUBSCRIPTIONS"), declared_events())


def declared_events(root: type[DomainEvent] = DomainEvent) -> list[type[DomainEvent]]:
    """The concrete event classes that the loaded contexts declare, in the order of their modules."""
    found = [event for child in root.__subclasses__() for event in (declared_events(child) or [child])]
    return sorted(found, key=lambda event: event.__module__)


def faults_of(subscriptions: Subscriptions, events: list[type[DomainEvent]]) -> list[CheckMessage]:
    """What is wrong with a table, given the events that exist."""
    faults: list[CheckMessage] = [
        Error(
            f"{event.__name__} has no entry in the subscriptions.",
            hint="List it, with [] if nobody listens.",
            id="eventbus.E001",
        )
        for event in events
        if event not in subscriptions
    ]
    called = {handler for handlers in subscriptions.values() for handler in handlers}
    modules = {inspect.getmodule(handler) for handler in called} - {None}
    public = [handler for module in modules if module for handler in _public_functions(module)]
    faults += [
        Error(f"Nothing calls the handler {name_of(handler)}.", hint="List it, or delete it.", id="eventbus.E002")
        for handler in public
        if handler not in called
    ]
    for event, handlers in subscriptions.items():
        faults += [
            Error(f"{name_of(handler)} is not annotated with {event.__name__}.", id="eventbus.E003")
            for handler in handlers
            if event not in events_heard_by(handler)
        ]
    return faults


def _public_functions(module: ModuleType) -> list[Any]:
    functions = [member for _, member in inspect.getmembers(module, inspect.isfunction)]
    return [each for each in functions if each.__module__ == module.__name__ and not each.__name__.startswith("_")]
