"""What a question asks of the index: how well a book may answer it, step by step."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from tantivy import Query

from catalog.search.questions.clauses import Clause, Initials, Name, Syllables, Words, all_of, any_of, begins, term
from catalog.search.questions.volumes import Volume, volume_in, with_volumes_joined
from catalog.search.text.folding import joined
from catalog.search.text.whole import title_keys
from catalog.search.text.words import SIGNED, chunks, pieces
from kernel.values.isbns import read_isbn

LONGEST_QUESTION = 200
MOST_CLAUSES = 10


class Step(NamedTuple):
    """Books that answer equally well, and which of them answered better."""

    query: Query
    but: Sequence[Query] = ()
    is_rare: bool = False
    """Whether hardly a book answers so."""


@dataclass(frozen=True)
class Asked:
    """A question in the index' words."""

    steps: Sequence[Step]
    """The books that answer: first those of the first step, then those of the second, and so on."""
    everything: Query
    """All of them."""
    main: Query
    """Those of them that have its words: nearly always all."""
    others: Query | None = None
    """Those that are the question in some other way."""
    has_slips: bool = False
    """Whether the last step has further books, not of `everything`: those that answer with a slip in each word."""


def asked_for(books: Query) -> Asked:
    """A question that all of its answers answer equally well."""
    return Asked([Step(books)], books, books)


def asked(question: str, is_beginning: Callable[[str], bool]) -> Asked | None:
    """What a question asks for; nothing for one without a letter or a digit. A long one is cut.

    Two words are taken for one only where a book has a word that begins so: each spelling that is looked for makes all
    the rest slower.

    First come titles and numbers that are the question, then authors, then titles that begin with it and titles that
    have each of its words, then authors, then books that have them anywhere, then those that have the beginnings of
    its words, or the words without the signs, spaces, particles and the script in which they were asked.
    """
    parts = chunks(question[:LONGEST_QUESTION])
    clauses = clauses_of(parts)
    if not clauses:
        return None
    if isbn := _isbn_in(question):
        return asked_for(term("number", isbn))
    whole = " ".join(parts)
    keys = list(dict.fromkeys(key for key in title_keys(whole) if key))
    exact = any_of([term("number", joined(whole)), *(term("title_key", key) for key in keys[:2])])
    author = term("author_key", joined(whole))
    broad = all_of(_broad(clauses, is_beginning))
    everything = any_of([exact, author, broad])
    title, named, words = (all_of(clause.strict(place) for clause in clauses) for place in ("title", "author", "words"))
    opening = any_of(term(*token) for token in clauses[0].openings())
    slips = all_of(clause.slipped() for clause in clauses) if any(clause.may_slip for clause in clauses) else None
    steps = [
        Step(exact, is_rare=True),
        Step(author, [exact], is_rare=True),
        Step(all_of([opening, title]), [exact, author]),
        Step(title, [exact, author, opening]),
        Step(named, [exact, author, title]),
        Step(words, [exact, author, title, named]),
        Step(all_of([opening, everything]), [exact, author, words]),
        Step(everything, [exact, author, words, opening]),
    ]
    steps += [Step(slips, [everything])] if slips else []
    return Asked(steps, everything, broad, any_of([exact, author]), slips is not None)


def asked_author(author: str) -> Query | None:
    """The books of an author; nothing for a name without a letter or a digit."""
    clauses = clauses_of(chunks(author[:LONGEST_QUESTION]))
    return all_of(clause.author() for clause in clauses) if clauses else None


def clauses_of(parts: Sequence[str]) -> list[Clause | Volume]:
    """What the parts of a question ask for, each of which a book must have."""
    found: dict[Clause | Volume, None] = {}
    for chunk in with_volumes_joined(parts):
        typed = list(_clauses_in(chunk))
        found |= dict.fromkeys([volume] if (volume := volume_in(chunk, typed)) else typed)
    return list(found)[:MOST_CLAUSES]


def _clauses_in(chunk: str) -> Iterator[Clause]:
    if signed := SIGNED.findall(chunk):
        yield from map(Name, signed)
        return
    alone = len(pieces(chunk)) == 1  # a consonant beside other letters is an author mark's, as in 느64ㅂ
    for kind, run in groupby(pieces(chunk), lambda piece: piece.kind):
        texts = [piece.text for piece in run]
        made = Initials if kind == "initials" and alone else Syllables
        yield from [Words(tuple(texts))] if kind == "word" else map(made, texts)


def _broad(clauses: Sequence[Clause | Volume], is_beginning: Callable[[str], bool]) -> Iterable[Query]:
    """Each clause by itself, or with the one beside it as one word: `e mail` asks for `email`, too."""
    for number, clause in enumerate(clauses):
        pairs = [clauses[place : place + 2] for place in (number - 1, number) if place >= 0]
        ones = [a.whole + b.whole for a, b in (pair for pair in pairs if len(pair) == 2) if a.is_word and b.is_word]
        yield any_of([clause.broad(), *map(begins, filter(is_beginning, ones))])


def _isbn_in(question: str) -> str | None:
    try:
        return read_isbn(question).digits
    except ValueError:
        return None
