"""The event map: who announces what, and who reacts how."""

from collections.abc import Iterator, Sequence
from dataclasses import fields

from kernel.eventbus.events import DomainEvent
from kernel.eventbus.registry import Handler, Subscriptions, name_of


def as_text(subscriptions: Subscriptions) -> str:
    """The map for a terminal."""
    return "\n".join(line for event, handlers in subscriptions.items() for line in _text(event, handlers))


def as_markdown(subscriptions: Subscriptions) -> str:
    """The map as a page with a Mermaid chart; `docs/events.md` holds it."""
    return "\n".join([*_head(), *_chart(subscriptions), *_sections(subscriptions)]) + "\n"


def _text(event: type[DomainEvent], handlers: Sequence[Handler]) -> Iterator[str]:
    yield f"{event.__module__.split('.events')[0]}.{event.__name__}({', '.join(_fields(event))})"
    yield f"    {_sentence(event)}"
    for handler in handlers:
        yield f"      -> {name_of(handler)}"
        yield f"         {_sentence(handler)}"
    yield ""


def _head() -> list[str]:
    return [
        "# Events",
        "",
        "Made by `manage.py eventmap --markdown` from the sentences of the events and handlers; never edited by hand.",
        "",
    ]


def _chart(subscriptions: Subscriptions) -> Iterator[str]:
    yield from ("```mermaid", "flowchart LR")
    for event, handlers in subscriptions.items():
        yield f"    {_context(event)} --> {event.__name__}([{event.__name__}])"
        for handler in handlers:
            yield f"    {event.__name__} --> {_context(handler)}"
    yield from ("```", "")


def _sections(subscriptions: Subscriptions) -> Iterator[str]:
    for event, handlers in subscriptions.items():
        yield from (f"## {event.__name__}", "", f"{_sentence(event)} (`{event.__module__}`)", "")
        yield from ("Fields: " + ", ".join(f"`{name}`" for name in _fields(event)), "")
        yield from (f"- `{name_of(handler)}`: {_sentence(handler)}" for handler in handlers)
        yield ""


def _context(thing: type[DomainEvent] | Handler) -> str:
    return thing.__module__.rsplit(".", 1)[0].removeprefix("library.")


def _fields(event: type[DomainEvent]) -> list[str]:
    return [field.name for field in fields(event)]


def _sentence(thing: object) -> str:
    return " ".join((thing.__doc__ or "").split("\n\n")[0].split())
