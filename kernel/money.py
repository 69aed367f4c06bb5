"""How an amount of money is written, in each language and everywhere the same. Amounts are whole numbers of the
smallest unit of the library's one currency, the setting `CURRENCY`."""

from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from kernel.values.currencies import decimal_places

UNITS = {
    "KRW": _("%(amount)s KRW"),
    "USD": _("%(amount)s USD"),
    "EUR": _("%(amount)s EUR"),
    "JPY": _("%(amount)s JPY"),
    "CNY": _("%(amount)s CNY"),
}
"""Currencies whose units have names in the languages of the library; any other is written by its code."""
BY_CODE = "%(amount)s %(currency)s"


def currency() -> str:
    """The code of the library's currency (ISO 4217)."""
    return str(settings.CURRENCY)


def money(amount: int, language: str | None = None) -> str:
    """An amount for people, in the active language or another: `1,000 KRW`, `1,000원`, `10.05 USD`."""
    if language:
        with override(language):
            return money(amount)
    code = currency()
    places = decimal_places(code)
    written = f"{Decimal(amount).scaleb(-places):,.{places}f}"
    return str(UNITS.get(code, BY_CODE)) % {"amount": written, "currency": code}


def in_units(amount: int) -> int | Decimal:
    """An amount as a number of whole units, for tables: 1000, or 10.05."""
    return Decimal(typed(amount)) if decimal_places(currency()) else amount


def typed(amount: int) -> str:
    """An amount as it stands in an input: `1000`, `10.05`."""
    places = decimal_places(currency())
    return f"{Decimal(amount).scaleb(-places):.{places}f}"
