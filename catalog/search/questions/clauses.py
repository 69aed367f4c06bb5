"""What one word of a question asks of the index, strictly and less so."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tantivy import Occur, Query

from catalog.search.schema import SCHEMA
from catalog.search.text.cutting import OF_AUTHORS, OPENING
from catalog.search.text.readings import readings
from catalog.search.text.spelling import may_slip
from catalog.search.text.words import HANGUL, LONGEST_WORD, STARTS, asked_grams, grams, keys

FEWEST_WITHOUT_SPACES = 3
"""The syllables of a word that may be several words of a title."""
FEWEST_OF_STEM = 2
PARTICLES = (
    "은 는 이 가 을 를 의 에 와 과 도 로 만 나 랑 께 야 으로 에서 에게 에는 에도 에의 까지 부터 처럼 보다 하고 이나"
    " 이랑 이란 란 라는 이라는 한테 에서의 에서는 으로의 에게서 마다 조차 만의 와의 과의 께서 으로서 로서 으로써 로써"
)
BY_LENGTH = sorted(PARTICLES.split(), key=len, reverse=True)


def term(field: str, text: str) -> Query:
    """Books that have the token."""
    return Query.term_query(SCHEMA, field, text, "basic")


def term_of_id(book: int) -> Query:
    """The book itself."""
    return Query.term_query(SCHEMA, "id", book)


def begins(word: str, mark: str = "") -> Query:
    """Books with a word that begins so; behind the mark of authors, in an author's name."""
    text = mark + word[:LONGEST_WORD]
    if len(word) < STARTS.stop:
        return term("starts", text)
    return Query.fuzzy_term_query(SCHEMA, "starts", text, distance=0, prefix=True)


def syllables(field: str, word: str) -> Query:
    """Books that have the syllables side by side."""
    return all_of(term(field, gram) for gram in asked_grams(word))


def all_of(queries: Iterable[Query]) -> Query:
    """Books that each of the queries finds."""
    return _combined(Occur.Must, list(queries))


def any_of(queries: Iterable[Query]) -> Query:
    """Books that one of the queries finds."""
    return _combined(Occur.Should, list(queries))


@dataclass(frozen=True)
class Words:
    """A word of letters and digits, or several that only signs part."""

    texts: tuple[str, ...]
    is_word = True

    @property
    def whole(self) -> str:
        """As one word."""
        return "".join(self.texts)[:LONGEST_WORD]

    @property
    def may_slip(self) -> bool:
        """Whether it is long enough to have a slip."""
        return may_slip(self.whole)

    def strict(self, place: str) -> Query:
        """As it is, at a place of the book."""
        return self._either(lambda word: term(place, word[:LONGEST_WORD]))

    def broad(self) -> Query:
        """As the beginning of a word, anywhere."""
        return self._either(begins)

    def author(self) -> Query:
        """As the beginning of a word in a name."""
        return self._either(lambda word: begins(word, OF_AUTHORS))

    def openings(self) -> Iterator[tuple[str, str]]:
        """The tokens that a title has that begins with it."""
        yield from dict.fromkeys([("title", OPENING + self.whole), ("title", OPENING + self.texts[0])])

    def slipped(self) -> Query:
        """With a slip, if it is long enough."""
        if not self.may_slip:
            return self.broad()
        return any_of([self.broad(), Query.fuzzy_term_query(SCHEMA, "slips", self.whole, distance=1)])

    def _either(self, query: Callable[[str], Query]) -> Query:
        if len(self.texts) == 1:
            return query(self.texts[0])
        return any_of([query(self.whole), all_of(map(query, self.texts))])


@dataclass(frozen=True)
class Name:
    """A name that ends with a sign: C++, C#."""

    whole: str
    is_word = may_slip = False

    def strict(self, place: str) -> Query:
        """With its sign."""
        return term(place, self.whole)

    def broad(self) -> Query:
        """Without its sign."""
        return begins(self.whole.rstrip("+#"))

    author = slipped = broad

    def openings(self) -> Iterator[tuple[str, str]]:
        """A title that begins with it has a token for its letters."""
        yield "title", OPENING + self.whole.rstrip("+#")


@dataclass(frozen=True)
class Syllables:
    """A word of Hangul, Han or Kana, or a part of one."""

    whole: str
    is_word = False

    @property
    def may_slip(self) -> bool:
        """Whether it is long enough to have a slip, and typed by keys that we know."""
        return may_slip(self.whole) and bool(HANGUL.fullmatch(self.whole))

    def strict(self, place: str) -> Query:
        """As it is, at a place of the book: within a word."""
        return syllables(place, self.whole)

    def broad(self) -> Query:
        """Without its particle, by the reading of its Hanja, or in several words of a title."""
        ways = dict.fromkeys([self.whole, *self._ways()])
        return any_of(syllables("joined" if len(way) >= FEWEST_WITHOUT_SPACES else "words", way) for way in ways)

    def author(self) -> Query:
        """Within a name."""
        return any_of(syllables("author", way) for way in dict.fromkeys([self.whole, *readings(self.whole)]))

    def openings(self) -> Iterator[tuple[str, str]]:
        """The token that a title has that begins with it."""
        yield "title", OPENING + grams(self.whole)[0]

    def slipped(self) -> Query:
        """With one wrong key, if it is long enough; then it may also be the beginning of a longer word."""
        if not self.may_slip:
            return self.broad()
        return any_of([self.broad(), Query.fuzzy_term_query(SCHEMA, "keys", keys(self.whole), distance=1, prefix=True)])

    def _ways(self) -> Iterator[str]:
        stem = next((self.whole.removesuffix(end) for end in BY_LENGTH if self.whole.endswith(end)), "")
        yield from [stem] if len(stem) >= FEWEST_OF_STEM else []
        yield from readings(self.whole)


@dataclass(frozen=True)
class Initials:
    """Initial consonants of Hangul, as ㅎㄴㄱ."""

    whole: str
    is_word = may_slip = False

    def strict(self, place: str) -> Query:
        """They stand side by side in a title or a name, whatever spaces are between them."""
        return syllables("initials", self.whole)

    def broad(self) -> Query:
        """The same."""
        return self.strict("initials")

    author = slipped = broad

    def openings(self) -> Iterator[tuple[str, str]]:
        """The token that a title has that begins with them."""
        yield "initials", OPENING + grams(self.whole)[0]


Clause = Words | Name | Syllables | Initials


def _combined(occur: Occur, queries: list[Query]) -> Query:
    return queries[0] if len(queries) == 1 else Query.boolean_query([(occur, query) for query in queries])
