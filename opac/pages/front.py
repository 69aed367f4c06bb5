"""The front page."""

from django.http import HttpRequest, HttpResponse

from opac.site import page, shown


@page
def front(request: HttpRequest) -> HttpResponse:
    """Where one begins to look for a book."""
    return shown(request, "front.html")
