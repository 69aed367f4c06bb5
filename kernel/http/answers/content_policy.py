"""What a page may load and run: only what comes from here, in files of its own."""

from django.conf import settings
from django.http import HttpResponse

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


def add_policy(page: HttpResponse) -> None:
    """Gives a page the policy; Django's own pages for developers have none, since they are one file each."""
    if not (settings.DEBUG and page.status_code in {400, 404, 500}):
        page.headers.setdefault(HEADER, POLICY)
