"""The books of one list that the library recommends."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from opac.books.stock import stock_on_page
from opac.pages.away import calm_without_catalogue
from opac.reading_lists import books_of, lists_on
from opac.site import page, shown


@page
@require_safe
@calm_without_catalogue
def recommended(request: HttpRequest, pk: int) -> HttpResponse:
    """A list that is shown today."""
    found = lists_on(timezone.localdate()).filter(pk=pk).first()
    if found is None:
        raise Http404
    books = books_of(found)
    return shown(
        request, "recommended.html", {"list": found, "books": books, "stock": stock_on_page([one.pk for one in books])}
    )
