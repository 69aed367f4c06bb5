"""The details of a book on its page: what is known of it, a line each."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import lru_cache

from django import template
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import get_language

from catalog.models import Book
from kernel.pieces import piece
from kernel.staff.languages import language_name
from opac import sentences
from opac.templatetags.books import asking, of_author, of_subject, series_name

register = template.Library()
TEXT, NUMBER = piece("<dt>{name}</dt><dd>{value}</dd>\n"), piece('<dt>{name}</dt><dd class="number">{value}</dd>\n')
LINK, WITH_ASIDE = piece('<a href="{to}">{text}</a>'), piece('{text} <span class="quiet">{aside}</span>')
LINE = piece("{text}")


@register.simple_tag
def facts_of(book: Book) -> SafeString:
    """Each fact that is known, in the language of the page."""
    return SafeString("".join(_facts(book)))


def _facts(book: Book) -> Iterator[SafeString]:
    _ = sentences.of_page()
    scheme = f"({book.get_class_scheme_display()})" if book.class_scheme else ""
    series = LINK(to=asking(series_name(book.series)), text=book.series) if book.series else ""
    known = (
        (TEXT, _("Other titles"), _lines(book.other_titles)),
        (TEXT, _("Authors"), _links(book.authors, of_author)),
        (TEXT, _("Publisher"), book.publisher),
        (NUMBER, _("Year of publication"), book.published_year),
        (TEXT, _("Volume"), book.volume),
        (TEXT, _("Series"), series),
        (TEXT, _("Language of the book"), book.language and language_name(book.language)),
        (TEXT, _("Subjects"), _links(book.subjects, of_subject)),
        (NUMBER, _("Class"), _with_aside(book.class_number, scheme)),
        (NUMBER, _("Call number"), book.call_number),
        (NUMBER, "ISBN", _with_aside(book.isbn, book.isbn_addon)),
        (NUMBER, _("Other ISBNs"), _lines(book.other_isbns)),
        (TEXT, _("In the library since"), _day(localdate(book.registered_at), get_language())),
    )
    yield from (kind(name=name, value=value) for kind, name, value in known if value)


def _links(names: Sequence[str], address: Callable[[str], str]) -> SafeString:
    return SafeString("<br>".join(LINK(to=address(name), text=name) for name in names))


def _lines(texts: Sequence[str]) -> SafeString:
    return SafeString("<br>".join(LINE(text=text) for text in texts))


def _with_aside(text: str | None, aside: str) -> str:
    return WITH_ASIDE(text=text, aside=aside) if text and aside else text or ""


@lru_cache(maxsize=1_000)
def _day(day: date, _language: str | None) -> str:
    return date_format(day, "DATE_FORMAT")
