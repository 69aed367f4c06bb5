"""By which address people reach the library, for what is sent to them."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def site_url(configured: str, hosts: Sequence[str], *, port: int, debug: bool) -> str:
    """The setting `SITE_URL`: scheme and host, without a slash at the end; empty where nobody can know.

    It comes from the environment alone, never from a request: whoever asks for a mail with a link chooses the request's
    `Host`, and would get the link sent to a host of his own. Raises `ImproperlyConfigured`.
    """
    if configured:
        if not _is_address(configured):
            raise ImproperlyConfigured(f"SITE_URL begins with https:// and the library's host, not {configured}.")
        return configured.rstrip("/")
    if debug:
        return f"http://127.0.0.1:{port}"
    named = [host for host in hosts if not host.startswith((".", "*"))]
    return f"https://{named[0]}" if named else ""


def _is_address(text: str) -> bool:
    """Whether a page's path can stand behind it in a mail."""
    try:
        parts = urlsplit(text)
        whole = parts.scheme in {"https", "http"} and parts.hostname and parts.port != 0
    except ValueError:
        return False
    return bool(whole) and text.isprintable() and not any(sign in text for sign in " ?#")
