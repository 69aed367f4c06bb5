"""By which address people reach the library, for what is sent to them."""

from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured


def site_url(configured: str, hosts: Sequence[str], *, port: int, debug: bool) -> str:
    """The setting `SITE_URL`: scheme and host, without a slash at the end; empty where nobody can know.

    It comes from the environment alone, never from a request: whoever asks for a mail with a link chooses the request's
    `Host`, and would get the link sent to a host of his own. Raises `ImproperlyConfigured`.
    """
    if configured:
        if not configured.startswith(("https://", "http://")):
            raise ImproperlyConfigured(f"SITE_URL begins with https:// and the library's host, not {configured}.")
        return configured.rstrip("/")
    if debug:
        return f"http://127.0.0.1:{port}"
    named = [host for host in hosts if not host.startswith((".", "*"))]
    return f"https://{named[0]}" if named else ""
