"""How an amount of money is written, in each language and everywhere the same."""

from django.utils.translation import gettext as _


def money(amount: int) -> str:
    """A whole number of KRW for people: `1,000 KRW`, `1,000원`."""
    return _("%(amount)s KRW") % {"amount": f"{amount:,}"}
