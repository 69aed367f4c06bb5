"""What narrows a search."""

from dataclasses import dataclass

from tantivy import FieldType, Query

from catalog.search.questions.clauses import term
from catalog.search.questions.question import asked_author
from catalog.search.schema import SCHEMA


@dataclass(frozen=True)
class Filters:
    """What narrows a search."""

    author: str = ""
    """Words of an author's name."""
    author_name: str = ""
    """An author as `Search.counts` names one."""
    language: str = ""
    """A tag; `en` holds `en-GB`."""
    isbn: str = ""
    """Its digits: the one under which a book is listed, or another one of it."""
    subject: str = ""
    main_class: str = ""
    """The first digit of the decimal classification."""
    years: tuple[int, int] | None = None
    """The first and the last."""
    with_copies: bool = False
    available: bool = False
    """With a copy that can be lent now, as lending said when the index last looked: within a second or so."""


def narrowing(filters: Filters) -> list[Query]:
    """What all hits must have besides."""
    exact = {"language": filters.language, "subject": filters.subject, "class": filters.main_class}
    exact["author_name"] = filters.author_name
    exact["number"] = filters.isbn
    exact["copies"] = "yes" if filters.with_copies else ""
    exact["available"] = "yes" if filters.available else ""
    found = [term(name, value) for name, value in exact.items() if value]
    if filters.author:
        found.append(asked_author(filters.author) or Query.empty_query())
    if filters.years:
        found.append(Query.range_query(SCHEMA, "year", FieldType.Integer, *filters.years))
    return found
