"""The registry of events and handlers: reads the table of subscriptions and connects it to the signal."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

import msgspec
from django.apps import apps
from django.db.models import Model
from django.dispatch import Signal
from django.utils.module_loading import module_has_submodule

from kernel.eventbus.events import DomainEvent, defaults_of
from kernel.eventbus.models import Event
from kernel.eventbus.records import Record
from kernel.storage.databases import context_of, database_of

Handler = Callable[[Any], None]
Subscriptions = Mapping[type[DomainEvent], Sequence[Handler]]

announced = Signal(use_caching=True)
"""Sent inside the publisher's transaction with the event's class as sender. Each receiver returns the name of its
handler, for which a delivery is then written. The apps' `subscriptions.py` say who listens."""

_events: dict[str, type[DomainEvent]] = {}
_handlers: dict[str, Handler] = {}


def installed_subscriptions() -> Subscriptions:
    """The tables of all installed apps as one: a `subscriptions.py` in an app, read like a URLconf."""
    table: dict[type[DomainEvent], list[Handler]] = {}
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "subscriptions"):
            own: Subscriptions = import_module(f"{config.name}.subscriptions").SUBSCRIPTIONS
            for event_class, handlers in own.items():
                table.setdefault(event_class, []).extend(handlers)
    return table


def installed_read_models() -> Mapping[str, Sequence[type[Model]]]:
    """The contexts that are built from events alone, each with the tables that are emptied for a replay: the
    `READ_MODELS` beside the subscriptions of the installed apps."""
    found: dict[str, Sequence[type[Model]]] = {}
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "subscriptions"):
            found |= getattr(import_module(f"{config.name}.subscriptions"), "READ_MODELS", {})
    return found


def connect(subscriptions: Subscriptions) -> None:
    """Connects every handler to the events it is listed under. Connecting a pair twice changes nothing."""
    for event_class, handlers in subscriptions.items():
        _events[event_class.__name__] = event_class
        for handler in handlers:
            _handlers[name_of(handler)] = handler
            uid = f"{event_class.__name__} {name_of(handler)}"
            announced.connect(_receiver_of(handler), sender=event_class, weak=False, dispatch_uid=uid)


def disconnect(subscriptions: Subscriptions) -> None:
    """Undoes `connect`: the handlers get no further deliveries."""
    for event_class, handlers in subscriptions.items():
        for handler in handlers:
            uid = f"{event_class.__name__} {name_of(handler)}"
            announced.disconnect(sender=event_class, dispatch_uid=uid)
            _handlers.pop(name_of(handler), None)


def name_of(handler: Handler) -> str:
    """How a handler is written in a delivery: `dashboard.handlers.show_loan`."""
    return f"{handler.__module__}.{handler.__qualname__}"


def handler_named(name: str) -> Handler:
    """The connected handler of that name. Raises `KeyError` when nothing of that name is subscribed."""
    return _handlers[name]


def home_of(name: str) -> str:
    """The database in which the handler of that name has its effect. Raises `KeyError` as `handler_named` does."""
    return database_of(context_of(_handlers[name].__module__))


def handler_names() -> list[str]:
    """The names of all connected handlers: a worker claims deliveries to these only."""
    return list(_handlers)


def event_names() -> set[str]:
    """The names of all events in the table of subscriptions."""
    return set(_events)


def in_context(name: str, context: str) -> bool:
    """Whether a handler's name belongs to a context such as `dashboard`, or is the full name given."""
    return name == context or name.startswith(f"{context}.")


def handlers_of(context: str) -> dict[str, Handler]:
    """The connected handlers of a context such as `dashboard`, or the one handler of that full name."""
    return {name: handler for name, handler in _handlers.items() if in_context(name, context)}


def event_of(record: Record) -> DomainEvent:
    """The domain event that a row of the log holds. Raises `LookupError` for a name that nobody declares."""
    return _events[record.name].from_payload(record.payload)


def facts_of(event: Event) -> dict[str, Any]:
    """All that an event of the log says, as JSON has it: with what it leaves out because that is at its default."""
    known = _events.get(event.name)
    return {**msgspec.to_builtins(defaults_of(known), str_keys=True), **event.payload} if known else event.payload


def _receiver_of(handler: Handler) -> Callable[..., str]:
    """The receiver that returns this handler's name."""
    name = name_of(handler)
    return lambda **_: name
