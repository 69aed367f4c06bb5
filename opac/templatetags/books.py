"""What templates say of books."""

import re
from functools import cache
from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from catalog.covers.files import address_of
from catalog.covers.pictures import WIDTHS
from catalog.models import Book
from kernel.pieces import piece
from kernel.staff.languages import language_name
from opac.books.covers import LONG_TITLE, name_on_cover, shade_of, title_on_cover
from opac.finding.asked import Asked
from opac.site import page_of

register = template.Library()
MOST_NAMES = 3
register.filter("book_address", page_of)
register.filter("in_words", language_name)  # i18n has a `language_name` of its own, in English


PICTURE = piece(
    '<img class="cover {size}" src="{small}" srcset="{small} 160w, {large} 480w" sizes="{sizes}" width="{width}"'
    ' height="{height}" alt=""{loading} decoding="async">\n'
)
MADE = piece(
    '<span class="cover made {size} shade-{shade}{long}" aria-hidden="true"{language}>'
    '<span class="cover-title">{title}</span><span class="cover-name">{name}</span></span>\n'
)
LANGUAGE = piece(' lang="{tag}"')
SIZES = {"small": "7rem", "large": "15rem"}
LOADING = {"small": SafeString(' loading="lazy"'), "large": ""}


@register.simple_tag
def cover(book: Book, size: str = "small") -> SafeString:
    """The book's cover, or one that is made of its title; `size` is `small` or `large`. Beside it stands the title."""
    if picture := getattr(book, "cover", None):
        small, large = (address_of(picture, width) for width in WIDTHS)
        measured = {"width": picture.width, "height": picture.height, "sizes": SIZES[size], "loading": LOADING[size]}
        return PICTURE(size=size, small=small, large=large, **measured)
    title = title_on_cover(book)
    return MADE(
        size=size,
        shade=shade_of(book),
        long=" long" if len(title) > LONG_TITLE else "",
        language=LANGUAGE(tag=book.language) if book.language else "",
        title=title,
        name=name_on_cover(book),
    )


@register.filter
def authors_line(book: Book) -> str:
    """The authors in one line, the first few of many."""
    shown = ", ".join(book.authors[:MOST_NAMES])
    more = len(book.authors) - MOST_NAMES
    return _("%(names)s and %(count)s more") % {"names": shown, "count": more} if more > 0 else shown


@register.filter
def of_author(name: str) -> str:
    """The page of an author's books."""
    return Asked(author=name).address


@register.filter
def of_subject(subject: str) -> str:
    """The page of the books about a subject."""
    return Asked(subject=subject).address


@register.filter
def asking(question: str) -> str:
    """The page of what a question finds."""
    return Asked(question=question).address


@register.filter
def of_book(stock: Any, book: Book) -> Any:
    """The book's own of what is known by the ids of books; nothing where nothing is known."""
    return stock.get(book.pk) if stock else None


@register.filter
def label_lines(call_number: str) -> list[str]:
    """A call number as it stands on a spine, in lines."""
    return [part for part in re.split(r"(?<!\.)\s+|-", call_number) if part]


@register.filter
def on_shelf(book: Book) -> str:
    """The shelf from the book on."""
    return f"{_shelf()}?from={book.shelf_key}.{book.pk}"


@cache
def _shelf() -> str:
    return reverse("opac:shelf")


@register.filter
def series_name(series: str) -> str:
    """A series without the number in it."""
    return series.partition(" ; ")[0]


@register.filter
def grouped(number: int) -> str:
    """`1,234`, in each language."""
    return f"{number:,}"
