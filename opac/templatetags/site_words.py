"""What templates of the site write: the library's own words, amounts of money, and the key of a form."""

import uuid

from django import template
from django.utils.html import format_html

from kernel import money as amounts
from kernel.http.idempotency.forms import FIELD
from opac.library_page import library_page

register = template.Library()
register.simple_tag(library_page)


@register.filter
def money(amount: int) -> str:
    """An amount as everywhere in the library."""
    return amounts.money(amount)


@register.simple_tag
def form_key() -> str:
    """The hidden field by which a form that is sent twice is done once."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, uuid.uuid4())
