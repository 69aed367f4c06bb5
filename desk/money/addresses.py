"""Where an account and what can be done with it are, below the page of its patron."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from desk.money.account import account_page
from desk.money.correcting import refund, reverse_one, waive
from desk.money.paying import buy_off, pay, pay_credit_out
from desk.money.receipt import receipt

PAGES = {
    "account": ("", account_page),
    "pay": ("pay/", pay),
    "pay_out": ("pay-out/", pay_credit_out),
    "buy_off": ("buy-off/", buy_off),
    "waive": ("waive/<int:thing>/", waive),
    "refund": ("refund/<int:thing>/", refund),
    "reverse": ("reverse/<int:thing>/", reverse_one),
    "receipt": ("receipt/<int:thing>/", receipt),
}


def account_addresses(as_door: Callable[..., Any]) -> list[URLPattern]:
    """The addresses, each page behind the door of the staff side."""
    return [
        path(f"desk/patron/<int:pk>/account/{way}", as_door(page, via="desk"), name=f"desk_{name}")
        for name, (way, page) in PAGES.items()
    ]
