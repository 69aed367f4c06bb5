"""The search index: books go in, the ids of those that answer a question come out.

`SearchEntry` holds each book's grams; the database keeps the index over them itself (migration 0002): an FTS5 table
on SQLite, a tsvector under a GIN index on PostgreSQL. Only how a question is written differs between them.
"""

from collections.abc import Iterable, Sequence

from catalog.grams import ANYWHERE, AUTHOR, ISBN, LANGUAGE, SUBJECT, TITLE, Term, grams, heading, terms
from catalog.models import Book, SearchEntry
from kernel.storage.databases import connection_of
from kernel.values.isbns import read_isbn

MOST_HITS = 300
"""A question is answered with so many books at most: ranking all that hold a common word is what would cost."""

Wanted = list[tuple[Sequence[str], Term]]
"""Terms, all of which a book must have, each in one of the fields beside it."""

MATCHING = {
    "sqlite": "SELECT rowid FROM catalog_search WHERE catalog_search MATCH %s ORDER BY rowid LIMIT %s",
    "postgresql": "SELECT * FROM catalog_search(%s::tsquery, %s)",
}
STARTING = {
    "sqlite": "SELECT book_id FROM catalog_searchentry WHERE heading >= %s AND heading < %s"
    " ORDER BY heading, book_id LIMIT %s",
    "postgresql": "SELECT book_id FROM catalog_searchentry WHERE heading ~>=~ %s AND heading ~<~ %s"
    " ORDER BY heading USING ~<~, book_id LIMIT %s",
}
LAST_LETTER = "\U0010fffd"


def index_books(books: Iterable[Book]) -> None:
    """Makes the index say what these books say now, within the caller's transaction. Withdrawn books leave it."""
    books = list(books)
    if gone := [book.pk for book in books if book.withdrawn_at]:
        SearchEntry.objects.filter(book__in=gone).delete()
    SearchEntry.objects.bulk_create(
        [entry_of(book) for book in books if not book.withdrawn_at],
        update_conflicts=True,
        unique_fields=["book"],
        update_fields=["heading", "grams"],
    )


def best_matches(question: str = "", *, author: str = "", language: str = "") -> list[int]:
    """The ids of the books that answer, best first, `MOST_HITS` at most.

    A book answers when it has every word of the question, or a word that contains it (Hangul, Han, Kana) or begins
    with it (other scripts), wherever in title, authors, subjects and ISBN. First come titles that are the question,
    then those that begin with it, that hold it, then authors, then the rest; `author` and `language` narrow them.
    """
    narrowing: Wanted = [((AUTHOR,), term) for term in terms(author)]
    narrowing += [((LANGUAGE,), Term((plain_tag(language),)))] if language else []
    asked = terms(question)
    if (question and not asked) or (author and not terms(author)):
        return []
    if not asked:
        return _matching(narrowing, MOST_HITS) if narrowing else []
    if isbn := _isbn_in(question):
        return _matching([((ISBN,), Term((isbn,))), *narrowing], MOST_HITS)
    return _ranked(heading(question), asked, narrowing)


def plain_tag(language: str) -> str:
    """A language tag as the index holds it: letters and digits only."""
    return "".join(letter for letter in language.lower() if letter.isalnum())


def _ranked(opening: str, asked: list[Term], narrowing: Wanted) -> list[int]:
    opened = _starting(opening, MOST_HITS)
    found = dict.fromkeys([] if narrowing else opened)
    for fields in ((TITLE,), (AUTHOR,), ANYWHERE):
        if len(found) < MOST_HITS:
            found |= dict.fromkeys(_matching([*((fields, term) for term in asked), *narrowing], MOST_HITS))
    first = dict.fromkeys(book for book in opened if book in found)
    return list(first | found)[:MOST_HITS]


def entry_of(book: Book) -> SearchEntry:
    """What the index holds of a book."""
    language = book.language.partition("-")[0]
    pieces = (
        *grams(TITLE, book.title),
        *grams(AUTHOR, " ".join(book.authors)),
        *grams(SUBJECT, " ".join(book.subjects)),
        *grams(ISBN, book.isbn or ""),
        *(LANGUAGE + plain_tag(tag) for tag in {language: None, book.language: None} if tag),
    )
    return SearchEntry(book=book, heading=heading(book.title), grams=" ".join(pieces))


def _isbn_in(question: str) -> str | None:
    try:
        return read_isbn(question).digits
    except ValueError:
        return None


def _starting(opening: str, most: int) -> list[int]:
    return _ids(STARTING[connection_of("catalog").vendor], [opening, opening + LAST_LETTER, most])


def _matching(wanted: Wanted, most: int) -> list[int]:
    write, either, both = SYNTAX[connection_of("catalog").vendor]
    conditions = (either.join(write(field, term) for field in fields) for fields, term in wanted)
    question = both.join(f"({condition})" for condition in conditions)
    return _ids(MATCHING[connection_of("catalog").vendor], [question, most])


def _fts5(field: str, term: Term) -> str:
    """https://www.sqlite.org/fts5.html#fts5_phrases. Grams are letters and digits, so nothing needs escaping."""
    return f'"{" ".join(field + gram for gram in term.grams)}"' + " *" * term.prefix


def _tsquery(field: str, term: Term) -> str:
    """https://www.postgresql.org/docs/15/datatype-textsearch.html#DATATYPE-TSQUERY. Nor here."""
    return "<->".join(f"'{field}{gram}'" for gram in term.grams) + ":*" * term.prefix


def _ids(statement: str, parameters: list[str | int]) -> list[int]:
    with connection_of("catalog").cursor() as cursor:
        cursor.execute(statement, parameters)
        return [book_id for (book_id,) in cursor]


SYNTAX = {"sqlite": (_fts5, " OR ", " AND "), "postgresql": (_tsquery, " | ", " & ")}
