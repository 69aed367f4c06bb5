"""The forms of a page, as somebody sees and presses them."""

import html
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from tests.opac.visitor import Visitor


@dataclass
class Form:
    """Where a form is sent, what it carries unseen, and its buttons by what they say."""

    action: str
    carries: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, dict[str, str]] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.button: dict[str, str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(given.get("action", "")))
        elif tag == "input" and given.get("type") == "hidden" and self.forms:
            self.forms[-1].carries[given["name"]] = given.get("value", "")
        elif tag == "button":
            self.button = {given["name"]: given.get("value", "")} if "name" in given else {}

    def handle_data(self, data: str) -> None:
        if self.button is not None and data.strip() and self.forms:
            self.forms[-1].buttons.setdefault(data.strip(), self.button)
            self.button = None


def forms_of(page: str) -> list[Form]:
    """Every form of a page."""
    parser = _Forms()
    parser.feed(page)
    return parser.forms


def form_with(page: str, button: str, **carries: Any) -> tuple[str, dict[str, str]]:
    """The address and the fields that pressing a button sends; `carries` says in which of several forms."""
    wanted = {name: str(value) for name, value in carries.items()}
    for form in forms_of(page):
        if button in form.buttons and wanted.items() <= form.carries.items():
            fields = {name: value for name, value in form.carries.items() if name != "csrfmiddlewaretoken"}
            return form.action, fields | form.buttons[button]
    raise AssertionError(f"there is no button {button!r} with {wanted}")


def press(visitor: Visitor, page: str, button: str, **carries: Any) -> str:
    """Presses a button, and gives the page it leads to, with its quotation marks as they are read."""
    address, fields = form_with(page, button, **carries)
    return html.unescape(visitor.send(address, **fields))
