"""What somebody looks for, as the address of the page of results has it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from catalog.rules import FIRST_YEAR, LAST_YEAR
from catalog.search.finding import Filters, Sorting

LONGEST = 200


@dataclass(frozen=True)
class Asked:
    """A question, what narrows it, and the order of what is found. What an address has besides is left out."""

    question: str = ""
    available: bool = False
    author: str = ""
    subject: str = ""
    main_class: str = ""
    language: str = ""
    first_year: int | None = None
    last_year: int | None = None
    sorting: Sorting = Sorting.ANSWER

    @property
    def filters(self) -> Filters:
        """What narrows the search."""
        years = (self.first_year or FIRST_YEAR, self.last_year or LAST_YEAR)
        return Filters(
            author_name=self.author,
            subject=self.subject,
            main_class=self.main_class,
            language=self.language,
            years=years if self.has_years else None,
            available=self.available,
        )

    @property
    def has_years(self) -> bool:
        """Whether only some years are looked at."""
        return self.first_year is not None or self.last_year is not None

    @property
    def is_narrowed(self) -> bool:
        """Whether there is any filter."""
        return self != replace(self.without_filters(), sorting=self.sorting)

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The parts of the address, by the names that forms give them."""
        named = {
            "q": self.question,
            "available": "1" if self.available else "",
            "author": self.author,
            "subject": self.subject,
            "class": self.main_class,
            "language": self.language,
            "from": str(self.first_year or ""),
            "to": str(self.last_year or ""),
            "sort": "" if self.sorting is Sorting.ANSWER else str(self.sorting),
        }
        return [(name, value) for name, value in named.items() if value]

    @property
    def address(self) -> str:
        """The page of results."""
        return self.address_at("")

    def address_at(self, cursor: str) -> str:
        """The page of results that begins at a place."""
        fields = [*self.fields, *([("at", cursor)] if cursor else [])]
        return f"{_results()}?{urlencode(fields)}" if fields else _results()

    def but(self, **changes: Any) -> "Asked":
        """The same with other parts."""
        return replace(self, **changes)

    def without_filters(self) -> "Asked":
        """The question alone."""
        return Asked(self.question, sorting=self.sorting)


@cache
def _results() -> str:
    """Where results are; a page has dozens of links there."""
    return reverse("opac:search")


def asked_by(parameters: Mapping[str, str]) -> Asked:
    """What an address asks. What makes no sense in it, such as a year of letters, asks nothing."""
    text = {name: " ".join(parameters.get(name, "").replace("\0", " ").split())[:LONGEST] for name in NAMES}
    years = sorted(year for year in (_year(text["from"]), _year(text["to"])) if year is not None)
    first, last = years if len(years) == 2 else (_year(text["from"]), _year(text["to"]))
    return Asked(
        question=text["q"],
        available=text["available"] == "1",
        author=text["author"],
        subject=text["subject"],
        main_class=text["class"] if len(text["class"]) == 1 and text["class"] in "0123456789" else "",
        language=text["language"][:35],
        first_year=first,
        last_year=last,
        sorting=Sorting(text["sort"]) if text["sort"] in set(Sorting) else Sorting.ANSWER,
    )


NAMES = ("q", "available", "author", "subject", "class", "language", "from", "to", "sort")


def _year(text: str) -> int | None:
    """A year that a book may have."""
    year = int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else None
    return year if year is not None and FIRST_YEAR <= year <= LAST_YEAR else None
