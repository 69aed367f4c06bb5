"""A volume as people ask for it: `4권`, `제4권`, `상권`, `v.4`, `vol. 4`. Most books have its number alone."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tantivy import Query

from catalog.search.questions.clauses import Clause, all_of, any_of, syllables, term

VOLUME = re.compile(r"제?(\d{1,4})권|([상중하])권|v(?:ol(?:ume)?)?\.?(\d{1,4})")
WORDS = {"v", "v.", "vol", "vol.", "volume", "제"}


@dataclass(frozen=True)
class Volume:
    """A volume's number, with what says that it is one: books have both, or the number."""

    whole: str
    typed: tuple[Clause, ...]
    number: str
    is_word = may_slip = False

    def strict(self, place: str) -> Query:
        """At a place of the book."""
        return self._either(lambda clause: clause.strict(place), place)

    def broad(self) -> Query:
        """Anywhere."""
        return self._either(lambda clause: clause.broad(), "words")

    slipped = broad

    def author(self) -> Query:
        """As it was typed: a name has no volumes."""
        return all_of(clause.author() for clause in self.typed)

    def openings(self) -> Iterator[tuple[str, str]]:
        """The tokens that a title has that begins with it."""
        return self.typed[0].openings()

    def _either(self, query: Callable[[Clause], Query], place: str) -> Query:
        alone = term(place, self.number) if self.number.isdecimal() else syllables(place, self.number)
        return any_of([all_of(map(query, self.typed)), alone])


def with_volumes_joined(parts: Sequence[str]) -> list[str]:
    """The parts of a question, where `vol. 4` is one."""
    found: list[str] = []
    for part in parts:
        joins = found and found[-1] in WORDS and VOLUME.fullmatch(found[-1] + part)
        found[-1:] = [found[-1] + part] if joins else [*found[-1:], part]
    return found


def volume_in(chunk: str, typed: Sequence[Clause]) -> Volume | None:
    """The volume that a part of a question names, if it is one; `typed` is what it asks for as it stands."""
    found = VOLUME.fullmatch(chunk)
    return Volume(chunk, tuple(typed), next(filter(None, found.groups()))) if found and typed else None
