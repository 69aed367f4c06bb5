"""What pages say of each of many books and of each choice of a filter: there are dozens on a page."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from catalog.models import Book
from kernel.pieces import piece
from opac.finding.narrowing import Choice
from opac.sentences import gettext as _
from opac.site import page_of
from opac.templatetags.books import LANGUAGE, authors_line, cover, grouped, on_shelf
from opac.templatetags.live_stock import live_stock

register = template.Library()
HIT = piece(
    """<li class="hit">
  <a class="hit-cover" href="{address}" tabindex="-1" aria-hidden="true">{cover}</a>
  <div class="hit-text">
    <h3><a href="{address}"{language}>{title}{volume}</a></h3>
    {authors}<p class="small quiet">{publisher}{year}{series}</p>
    <div class="hit-place">
      {stock}{call_number}
    </div>
  </div>
</li>
"""
)
VOLUME = piece(' <span class="volume">{volume}</span>')
LINE, SPAN, NUMBER = (
    piece("<p>{text}</p>\n    "),
    piece("<span>{text}</span>"),
    piece('<span class="number">{text}</span>'),
)
CALL_NUMBER = piece('<a class="call-number number" href="{shelf}" title="{title}">{call_number}</a>')
IN_STRIP = piece(
    '<li{here}><a href="{address}"{current}>{cover}<span class="strip-title">{title}{volume}</span></a>{below}</li>\n'
)
HERE, CURRENT = SafeString(' class="here"'), SafeString(' aria-current="page"')
LABEL, AUTHORS = (piece(f'<span class="small quiet{kind}">{{text}}</span>') for kind in (" number", ""))
CHOICE = piece(
    '<li><a href="{to}" rel="nofollow"{chosen}><span>{label}</span><span class="count number">{count}</span></a></li>\n'
)
CHOSEN = SafeString(' aria-current="true"')


@register.simple_tag
def hit(book: Book, stock: Any) -> SafeString:
    """One book of a page of results, with its stock by the ids of books."""
    shelf_title = _("The shelf from here on")
    return HIT(
        address=page_of(book),
        cover=cover(book),
        language=LANGUAGE(tag=book.language) if book.language else "",
        title=book.title,
        volume=VOLUME(volume=book.volume_beside_title) if book.volume_beside_title else "",
        authors=LINE(text=authors_line(book)) if book.authors else "",
        publisher=SPAN(text=book.publisher) if book.publisher else "",
        year=NUMBER(text=book.published_year) if book.published_year else "",
        series=SPAN(text=book.series) if book.series else "",
        stock=live_stock(book.pk, stock.get(book.pk) if stock else None),
        call_number=CALL_NUMBER(shelf=on_shelf(book), title=shelf_title, call_number=book.call_number)
        if book.call_number
        else "",
    )


@register.simple_tag
def in_strip(book: Book, here: Any, labels: Any) -> SafeString:
    """One book among others side by side: `here` is the book on whose page they are; with labels it stands there by
    its call number, else by its authors."""
    is_here = bool(here) and book.pk == here.pk
    by_authors = AUTHORS(text=authors_line(book)) if book.authors else ""
    return IN_STRIP(
        here=HERE if is_here else "",
        address=page_of(book),
        current=CURRENT if is_here else "",
        cover=cover(book),
        title=book.title,
        volume=f" {book.volume_beside_title}".rstrip(),
        below=LABEL(text=book.call_number) if labels else by_authors,
    )


@register.simple_tag
def choice(one: Choice) -> SafeString:
    """One value of a filter."""
    return CHOICE(to=one.address, chosen=CHOSEN if one.is_chosen else "", label=one.label, count=grouped(one.count))
