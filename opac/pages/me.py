"""My page."""

from django.http import HttpRequest, HttpResponse

from opac.site import patrons_page, shown


@patrons_page
def me(request: HttpRequest) -> HttpResponse:
    """What I have and till when."""
    return shown(request, "me.html")
