"""The page behind a link in a mail that unsubscribes from a kind of notice. The link is enough: nobody signs in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.services import turn_off_notices
from notices.kinds import Kind
from notices.links import read_link
from opac.site import page, shown


@csrf_exempt  # mail programs do it by themselves (RFC 8058); the link is the secret
@page
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Asks, and does it when it is sent. Raises `Http404` for a link that leads nowhere."""
    link = read_link(token)
    if link is None or link[1] not in Kind:
        raise Http404
    patron_id, kind = link
    if is_done := request.method == "POST":
        try:
            turn_off_notices(person_id=patron_id, kind=kind, now=timezone.now())
        except User.DoesNotExist as error:
            raise Http404 from error
    return shown(request, "unsubscribe.html", {"kind": Kind(kind).label, "is_done": is_done})
