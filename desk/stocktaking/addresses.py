"""Where the pages of a stocktaking are."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path

from desk.stocktaking import moving
from desk.stocktaking.box import scan, stocktaking
from desk.stocktaking.lists import result_list

PAGES = {
    "stocktaking": ("", stocktaking),
    "stocktaking_scan": ("scan/", scan),
    "stocktaking_stop": ("stop/", moving.stop),
    "stocktaking_go_on": ("go-on/", moving.go_on),
    "stocktaking_end": ("end/", moving.end),
    "stocktaking_list": ("list/<slug:name>/", result_list),
}


def stocktaking_addresses(as_door: Callable[..., Any]) -> list[URLPattern]:
    """The addresses, each page behind the door of the staff side."""
    return [
        path(f"desk/stocktaking/<int:pk>/{way}", as_door(page, via="desk"), name=f"desk_{name}")
        for name, (way, page) in PAGES.items()
    ]
