"""The stock of a book on a page, which `static/opac/live.js` keeps current.

    {% load live_stock %}
    {% live_stock book.pk stock %}                 stock: lending's `Stock` of the book, or None while it is not known
    {% live_stock book.pk stock announce=True %}   on the page of the book: screen readers say when it changes
    {% block scripts %}{% live_stock_script %}{% endblock %}   once on the page

The script looks for nothing but `data-stock="7"`, also in parts of the page that come later; so a page needs to do no
more. It writes the sentence, and into `data-level` what the colour comes from: `some`, `out`, `inside` (all copies are
for use in the library), `none`. `data-stale` is there while the server can't be asked. Without scripts the page says
what was true when it was made.
"""

from functools import cache, lru_cache

from django import template
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lending.stock.availability import Stock

register = template.Library()
SENTENCES = {
    "one": _("On the shelf"),
    "some": _("%(available)s of %(for_loan)s copies on the shelf"),
    "out_one": _("Not available now"),
    "out": _("None of %(for_loan)s copies available now"),
    "inside": _("For use in the library only"),
    "none": _("No copies"),
}
"""By what the script calls them; `live.js` chooses among them as `sentence_for` does. Why nothing is available (on
loan, held, missing, in repair) is not among the numbers: the table of copies says it of each."""


def sentence_for(stock: Stock) -> str:
    """Which of the sentences is true."""
    if not stock.for_loan:
        return "inside" if stock.total else "none"
    if not stock.available:
        return "out" if stock.for_loan > 1 else "out_one"
    return "some" if stock.for_loan > 1 else "one"


STOCK = ' data-level="{}"{}>{}</span>\n'
ANNOUNCED = SafeString(' role="status"')


@register.simple_tag
def live_stock(book_id: int, stock: Stock | None, *, announce: bool = False) -> SafeString:
    """What there is of a book now."""
    said = _said(get_language(), stock, announce)
    return mark_safe(f'<span class="stock" data-stock="{int(book_id)}"{said}')  # noqa: S308  a number


@lru_cache(maxsize=1_000)
def _said(language: str | None, stock: Stock | None, announce: bool) -> SafeString:
    """Remembered, since a page of results has twenty, and most are alike."""
    which = sentence_for(stock) if stock else ""
    sentence = SENTENCES[which] % stock._asdict() if stock else ""
    level = {"one": "some", "out_one": "out"}.get(which, which)
    return format_html(STOCK, level, ANNOUNCED if announce else "", sentence)


@register.simple_tag
def live_stock_script() -> str:
    """The script, and the sentences it writes, in the language of the page."""
    return _script(get_language())


@cache
def _script(_language: str | None) -> str:
    return get_template("opac/parts/stock_script.html").render({"sentences": SENTENCES})
