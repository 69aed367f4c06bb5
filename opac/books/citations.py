"""How a book is cited."""

import re
from collections.abc import Sequence

from catalog.models import Book

ROLE = re.compile(r"\s*[(\[]?(?:지은이|지음|글|그림|저자?|옮김|역|엮음|편)[)\]]?$")


def citations_of(book: Book) -> list[tuple[str, str]]:
    """The book in each style: its name and the text. What is not known is left out.

    https://apastyle.apa.org/style-grammar-guidelines/references/examples/book-references, and as Korean journals of
    library science write books: 저자. (연도). 『서명』. 발행처.
    """
    title = f"{book.title} {book.volume_beside_title}".strip()
    korean = [
        ", ".join(_names(book)),
        f"({book.published_year})" if book.published_year else "",
        f"『{title}』",
        book.publisher,
    ]
    apa = [
        _joined([_inverted(name) for name in _names(book)]),
        f"({book.published_year or 'n.d.'})",
        title,
        book.publisher,
    ]
    return [("APA", _sentences(apa)), ("서지 인용", _sentences(korean))]


def _names(book: Book) -> list[str]:
    return [name for author in book.authors if (name := ROLE.sub("", author).strip())]


def _inverted(name: str) -> str:
    """`King, S.` for Stephen King; a Korean name, or one of which the family name is not known, as it is."""
    if not name.isascii() or " " not in name:
        return name
    family, _comma, given = name.partition(", ")
    if not given:
        given, _blank, family = name.rpartition(" ")
    return f"{family}, {' '.join(f'{part[0]}.' for part in given.split())}"


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + f", & {names[-1]}" if names else ""


def _sentences(parts: Sequence[str]) -> str:
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts if part)
