"""The pictures of covers."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from catalog.covers.files import open_picture
from catalog.covers.pictures import WIDTHS
from opac.site import public_file

FOR_EVER = "public, max-age=31536000, immutable"
"""What has another content has another address."""


@public_file
@require_safe
def cover_picture(request: HttpRequest, digest: str, width: str) -> HttpResponse:
    """The picture of that digest and width. It asks no database."""
    if int(width) not in WIDTHS:
        raise Http404
    try:
        with open_picture(digest, int(width)) as file:
            content = file.read()
    except FileNotFoundError as error:
        raise Http404 from error
    return HttpResponse(content, content_type="image/jpeg", headers={"Cache-Control": FOR_EVER})
