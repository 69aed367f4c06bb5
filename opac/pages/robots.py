"""What search engines are told: which pages are for them, and where all books are."""

from collections.abc import Iterator, Sequence

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from catalog.queries import book_ids, last_book_id
from opac.site import public_file

ON_A_PAGE = 10_000
"""Ids, of at most 50,000 that a sitemap may hold: https://www.sitemaps.org/protocol.html."""
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
FOR_NO_ROBOT = ("/me", "/search", "/shelf?", "/sign-in", "/sign-out", "/i18n/", "/admin/", "/api/")
AN_HOUR = {"Cache-Control": "public, max-age=3600"}


@public_file
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Which addresses are for people only."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in FOR_NO_ROBOT), "Allow: /"]
    sitemap = f"Sitemap: {request.build_absolute_uri(reverse('opac:sitemap'))}"
    return HttpResponse("\n".join([*lines, "", sitemap, ""]), content_type="text/plain; charset=utf-8", headers=AN_HOUR)


@public_file
@require_safe
def sitemap(request: HttpRequest) -> StreamingHttpResponse:
    """The list of all sitemaps."""
    addresses = [reverse("opac:sitemap_of", args=[part + 1]) for part in range(-(-last_book_id() // ON_A_PAGE))]
    return _streamed(request, "sitemapindex", "sitemap", addresses)


@public_file
@require_safe
def sitemap_of(request: HttpRequest, part: int) -> StreamingHttpResponse:
    """The pages of so many books, by their ids."""
    first = (part - 1) * ON_A_PAGE
    if first > last_book_id():
        raise Http404
    ids = book_ids(after=first, upto=first + ON_A_PAGE)
    front = [reverse("opac:front"), reverse("opac:shelf")] if part == 1 else []
    return _streamed(request, "urlset", "url", [*front, *(reverse("opac:book", args=[pk]) for pk in ids)])


def _streamed(request: HttpRequest, whole: str, part: str, paths: Sequence[str]) -> StreamingHttpResponse:
    host = request.build_absolute_uri("/").removesuffix("/")

    def pieces() -> Iterator[str]:
        yield f'{HEAD}<{whole} xmlns="{NAMESPACE}">\n'
        yield from (f"<{part}><loc>{host}{path}</loc></{part}>\n" for path in paths)
        yield f"</{whole}>\n"

    return StreamingHttpResponse(pieces(), content_type="application/xml", headers=AN_HOUR)
