"""Amounts of money, as people and records write them."""

import re
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _

from kernel.values.currencies import decimal_places, is_currency
from kernel.values.texts import narrow, text_of

SIGNS = {
    **dict.fromkeys(("₩", "\\", "￦", "원", "원정", "WON", "W"), "KRW"),
    **dict.fromkeys(("엔", "円"), "JPY"),
    **dict.fromkeys(("元", "위안"), "CNY"),
    "€": "EUR",
    "£": "GBP",
    **dict.fromkeys(("US$", "달러", "불"), "USD"),
}
SHARED_SIGNS = {"$": {"USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD"}, "¥": {"JPY", "CNY"}}
NOT_FOR_SALE = re.compile(r"비매품|非賣品|비매|not for sale", re.IGNORECASE)
FREE = re.compile(r"무료|무상|기증|free", re.IGNORECASE)
WORDS = re.compile(r"정가|값|가격|금(?=[\s\d₩\\])|각권|각\s|\bca\.|[:=]")
QUALIFIERS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
AMOUNT = re.compile(
    r"(?P<before>[^\d\s.,+-]*)\s?(?P<number>[+-]?\d[\d,. ]*?)\s?(?:\.?-)?\s?(?P<behind>[^\d\s.,+-]*)(?P<stop>\s?-?\.?)"
)
WHOLE = re.compile(r"\d+|\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3})+|\d{1,3}(?: \d{3})+")


def read_amount(value: object, currency: str = "") -> int | None:
    """The amount in the smallest unit of a currency (ISO 4217), the library's own if none is named.

    As people write it: `₩15,000`, `\\15000`, `15000원`, `KRW 15000`.
    0 for what is free, and None for what has no price, since it is not for sale (`비매품`).
    Raises `ValueError` for an empty text, another currency, parts of the smallest unit and what is below nothing.
    """
    currency = currency or settings.CURRENCY
    text = narrow(text_of(value).replace("￦", "₩"))
    if NOT_FOR_SALE.search(text):
        return None
    plain = " ".join(WORDS.sub(" ", QUALIFIERS.sub(" ", text)).split())
    found = AMOUNT.fullmatch(plain)
    if found is None:
        if FREE.search(text):
            return 0
        raise ValueError(_("This is not an amount of money: write a whole number, such as 15,000."))
    for sign in filter(None, (found["before"], found["behind"])):
        if not any(map(is_currency, meant := _currencies(sign))):
            raise ValueError(_("This is not an amount of money: write a whole number, such as 15,000."))
        if currency not in meant:
            raise ValueError(_("This is not an amount in %(currency)s.") % {"currency": currency})
    return _units(found["number"], decimal_places(currency))


def _currencies(sign: str) -> set[str]:
    """Which currencies a sign or a code stands for."""
    sign = sign.upper()
    return SHARED_SIGNS.get(sign) or {SIGNS.get(sign, sign)}


def _units(number: str, places: int) -> int:
    """The number in units of so many decimal places. Raises `ValueError`."""
    whole, fraction = number, ""
    if parts := re.fullmatch(rf"(.*\d)[.,](\d{{1,{max(places, 2)}}})", number):
        whole, fraction = parts[1], parts[2]
    if not WHOLE.fullmatch(whole) or (len(fraction) > places and fraction.strip("0")):
        raise ValueError(_("This is not an amount of money: write a whole number, such as 15,000."))
    digits = re.sub(r"[,. ]", "", whole)
    return int(Decimal(f"{digits}.{fraction or 0}").scaleb(places))
