"""Where is asked: `BOOK_SOURCES`, each a kind and an address, `sru+https://sru.example.org/books`.

The kinds are `sru`, with the index to ask in the fragment (`#bath.isbn`, which most servers know), and `seoji`, the
service of 국립중앙도서관's for ISBNs, with its `cert_key` in the query.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error

KINDS = "sru", "seoji"
USUAL_INDEX = "bath.isbn"


@dataclass(frozen=True)
class Source:
    """A service: its kind, its address without the kind, and for SRU the index of ISBNs."""

    kind: str
    url: str
    index: str

    @property
    def name(self) -> str:
        """The name of its host: the address may hold a key."""
        return urlsplit(self.url).hostname or ""


def source_of(text: str) -> Source:
    """The source that a setting names. Raises `ValueError`."""
    kind, _plus, address = text.strip().partition("+")
    url, _sign, index = address.partition("#")
    parts = urlsplit(url)
    if kind not in KINDS or parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(text)
    return Source(kind, url, index or USUAL_INDEX)


def sources() -> list[Source]:
    """Those that are set, in their order."""
    return [source_of(text) for text in settings.BOOK_SOURCES]


def sources_can_be_read(app_configs: object, **_options: object) -> Sequence[CheckMessage]:
    """A system check: an error for each source that is none."""
    return [
        Error(
            f"BOOK_SOURCES has something at place {place} that is no source.",
            hint="A source is sru+https://host/path#index or seoji+https://host/path?cert_key=KEY.",
            id="catalog.E001",
        )
        for place, text in enumerate(settings.BOOK_SOURCES, 1)
        if not _is_source(text)
    ]


def _is_source(text: str) -> bool:
    try:
        return bool(source_of(text))
    except ValueError:
        return False
