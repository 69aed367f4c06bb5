"""What a page of results says of each book and each choice of a filter: there are dozens on it.

A hit is made of few facts, mostly the same ones of popular books, so a process remembers what it made of them, all but
the stock.
"""

from functools import lru_cache
from secrets import token_hex
from typing import Any, NamedTuple

from django import template
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from catalog.models import Book
from opac.finding.narrowing import Choice
from opac.templatetags.books import authors_line, cover, grouped, on_shelf
from opac.templatetags.live_stock import live_stock

register = template.Library()
MOST = 2_000
STOCK = token_hex(16)
"""Stands in what is remembered where the stock belongs."""
CHOICE = '<li><a href="{}" rel="nofollow"{}><span>{}</span><span class="count number">{}</span></a></li>\n'
CHOSEN = SafeString(' aria-current="true"')


class Shown(NamedTuple):
    """All that is said of a book among others, in the language of the page."""

    pk: int
    title: str
    volume: str
    language: str
    authors: str
    publisher: str
    published_year: int | None
    series: str
    call_number: str
    on_shelf: str
    cover: SafeString


@register.simple_tag
def hit(book: Book, stock: Any) -> SafeString:
    """One book of a page of results, with its stock by the ids of books."""
    facts = Shown(
        book.pk, book.title, book.volume, book.language, authors_line(book), book.publisher, book.published_year,
        book.series, book.call_number, on_shelf(book), cover(book),
    )  # fmt: skip
    before, after = _around_stock(get_language(), facts)
    now = live_stock(book.pk, stock.get(book.pk) if stock else None)
    return mark_safe(before + now + after)  # noqa: S308  made by templates


@register.simple_tag
def choice(one: Choice) -> SafeString:
    """One value of a filter. Not in a template of its own, which took five times as long."""
    return format_html(CHOICE, one.address, CHOSEN if one.is_chosen else "", one.label, grouped(one.count))


@lru_cache(maxsize=MOST)
def _around_stock(language: str | None, book: Shown) -> tuple[str, str]:
    made = get_template("opac/parts/hit.html").render({"book": book, "stock": STOCK})
    before, after = made.split(STOCK)
    return before, after
