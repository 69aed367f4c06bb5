"""System checks of the table of subscriptions."""

import inspect
from importlib import import_module
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.utils.module_loading import module_has_submodule

from kernel.eventbus.delivery.invocation import events_heard_by
from kernel.eventbus.events import DomainEvent
from kernel.eventbus.registry import Handler, Subscriptions, installed_subscriptions, name_of


@register("worker")
def subscriptions_are_complete(**_: Any) -> list[CheckMessage]:
    """Every event has an entry, every public handler is subscribed, and to the very events it is annotated with."""
    return faults_of(installed_subscriptions(), declared_events())


def declared_events(root: type[DomainEvent] = DomainEvent) -> list[type[DomainEvent]]:
    """The concrete event classes that the installed contexts declare, in the order of their modules."""
    found = [event for child in root.__subclasses__() for event in (declared_events(child) or [child])]
    installed = [event for event in found if apps.get_containing_app_config(event.__module__)]
    return sorted(installed, key=lambda event: event.__module__)


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
    subscribed = {handler for handlers in subscriptions.values() for handler in handlers}
    faults += [
        Error(f"Nothing calls the handler {name_of(handler)}.", hint="List it, or delete it.", id="eventbus.E002")
        for handler in public_handlers()
        if handler not in subscribed
    ]
    for event, handlers in subscriptions.items():
        faults += [
            Error(f"{name_of(handler)} is not annotated with {event.__name__}.", id="eventbus.E003")
            for handler in handlers
            if event not in events_heard_by(handler)
        ]
        faults += [
            Error(
                f"{name_of(handler)} is annotated with {event.__name__}, which is not given to it.",
                hint="List it there too, or take the event out of the annotation.",
                id="eventbus.E004",
            )
            for handler in subscribed.difference(handlers)
            if event in events_heard_by(handler)
        ]
    return faults


def public_handlers() -> list[Handler]:
    """The public functions of every installed context's `handlers.py`."""
    contexts = [config for config in apps.get_app_configs() if module_has_submodule(config.module, "handlers")]
    modules = [import_module(f"{config.name}.handlers") for config in contexts]
    return [
        member
        for module in modules
        for name, member in inspect.getmembers(module, inspect.isfunction)
        if member.__module__ == module.__name__ and not name.startswith("_")
    ]
