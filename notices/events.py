"""What the notices announce."""

from dataclasses import dataclass

from kernel.eventbus.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class NoticeEvent(DomainEvent):
    """Something became of a notice; `kind` is what it is about, `digest` where that are several things."""

    about = "notice"

    notice: int
    patron: int | None
    kind: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class NoticeSent(NoticeEvent):
    """A notice went out to a patron, or was printed."""


@dataclass(frozen=True, kw_only=True)
class NoticeFailed(NoticeEvent):
    """A notice did not reach a patron, `why` in a word, and is not tried again."""

    why: str
