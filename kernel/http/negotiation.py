"""What form an answer takes."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

_encoded = msgspec.json.Encoder(decimal_format="number").encode


class JSON(JSONRenderer):
    """Writes plain values many times as fast as REST framework, and has it write the others, such as sentences that are
    translated when they are read."""

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """The body; empty for nothing."""
        if data is None:
            return b""
        try:
            return _encoded(data)
        except TypeError:
            return super().render(data, accepted_media_type, renderer_context)


class OneFormOnly(DefaultContentNegotiation):
    """Every address is read in one form, whatever `Accept` asks for; bodies in another form than JSON are refused.

    What is not read is answered as JSON, also where reading gives a page: OPTIONS, and refusals of other methods.
    """

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The one renderer and its media type."""
        renderer = next(iter(renderers)) if request.method in {"GET", "HEAD"} else JSON()
        return renderer, str(renderer.media_type)
