"""Several texts in one cell, with semicolons between them; one that would not be read as it is stands in quotation
marks: `한느티; "Simon, Paul and Art Garfunkel"`."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

PART = re.compile(r'\s*(?:"(?P<quoted>(?:[^"]|"")*)"\s*|(?P<plain>[^;]*))(?:;|$)')
SEPARATORS = re.compile(r"\s*[;|]\s*")
Read = Callable[[str], Sequence[str]]


def separated(text: str) -> list[str]:
    """The texts between semicolons and bars."""
    return SEPARATORS.split(text)


def parted(cell: str, read: Read = separated) -> list[str]:
    """The texts of the cell, each once: what stands in quotation marks is one, and `read` parts the rest."""
    texts = _parts(cell, read) if '"' in cell else read(cell)
    return list(dict.fromkeys(filter(None, texts)))


def joined(texts: Iterable[str], read: Read = separated) -> str:
    """The cell that `parted` reads as these texts."""
    return "; ".join(text if parted(text, read) == [text] else _quoted(text) for text in texts)


def _parts(cell: str, read: Read) -> Iterator[str]:
    for found in PART.finditer(cell):
        if found["quoted"] is None:
            yield from read(found["plain"])
        else:
            yield found["quoted"].replace('""', '"')


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'
