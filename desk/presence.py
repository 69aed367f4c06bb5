"""Who sits at the desk: a desk that nobody used for a while asks for the password before it does anything more."""

from django.http import HttpRequest

IDLE_MINUTES = 10
"""So long nobody scans, types or points before the page asks."""
IN_SESSION = "desk_away"


def leave(request: HttpRequest) -> None:
    """The page says that nobody was here for a while."""
    request.session[IN_SESSION] = True


def come_back(request: HttpRequest) -> None:
    """The person has said who it is."""
    request.session.pop(IN_SESSION, None)


def is_away(request: HttpRequest) -> bool:
    """Whether the desk waits for somebody to say who it is."""
    return bool(request.session.get(IN_SESSION))
