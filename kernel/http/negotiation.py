"""What form an answer takes."""

from collections.abc import Iterable

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request


class OneFormOnly(DefaultContentNegotiation):
    """Every address is read in one form, whatever `Accept` asks for; bodies in another form than JSON are refused.

    What is not read is answered as JSON, also where reading gives a page: OPTIONS, and refusals of other methods.
    """

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The one renderer and its media type."""
        renderer = next(iter(renderers)) if request.method in {"GET", "HEAD"} else JSONRenderer()
        return renderer, str(renderer.media_type)
