"""Pieces of HTML that a page has dozens of, written without a template, which takes several times as long for each."""

from collections.abc import Callable
from html import escape
from typing import Any

from django.utils.safestring import SafeString


def piece(text: str) -> Callable[..., SafeString]:
    """What writes such a piece: `piece("<b>{name}</b>")(name=book.title)`. It escapes every value that is not HTML
    already, as other pieces are; as Django's `format_html` does, in a third of the time."""

    def written(**values: Any) -> SafeString:
        safe = {name: one if isinstance(one, SafeString) else escape(str(one)) for name, one in values.items()}
        return SafeString(text.format_map(safe))

    return written
