"""What a page may load and run: only what comes from here, in files of its own."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # Swagger UI's icons
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADER = "Content-Security-Policy"


class ContentPolicy:
    """Middleware: every page has the policy, but Django's own pages for developers, which are one file each."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        is_for_developers = settings.DEBUG and response.status_code in {400, 404, 500}
        if response.get("Content-Type", "").startswith("text/html") and not is_for_developers:
            response.setdefault(HEADER, POLICY)
        return response
