"""What form an answer takes."""

from collections.abc import Iterable

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class OneFormOnly(DefaultContentNegotiation):
    """Every address answers in one form, whatever `Accept` asks for; bodies in another form than JSON are refused."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The one renderer and its media type."""
        renderer = next(iter(renderers))
        return renderer, str(renderer.media_type)
