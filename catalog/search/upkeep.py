"""How the index follows the catalogue: by the event log, from the position that it has reached.

The log's order never skips an event that was committed late, so neither does the index. Of an event only the book's
id is taken; what the index holds comes from the catalogue's own tables, so the same event again does no harm. Whoever
calls these holds the lock (`index.writing`).
"""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from uuid import UUID

import tantivy
from django.db.models import Count, Q, Sum

from catalog.events import CatalogEvent
from catalog.models import Copy
from catalog.search.document import Figures, Record, document_of, loans_of, on_record, records
from catalog.search.index import State, drop_other_generations, new_generation, reader, write_state
from catalog.search.moves import facts_in, moves_before, moves_in, noted
from catalog.search.questions.clauses import all_of, term, term_of_id
from catalog.search.rank import popularity, popularity_of
from catalog.search.schema import VERSION
from kernel.background import in_turns
from kernel.eventbus.checks import declared_events
from kernel.eventbus.models import Event
from kernel.eventbus.stream.log import Entry, end_of_log, entries_from
from kernel.storage.databases import connection_of

BATCH = 1_000
BOOKS_AT_ONCE = 500
MEMORY = 64_000_000
"""Bytes in which a thread gathers documents before it writes them: four such make no build noticeably quicker."""
LEAST_MEMORY = 16_000_000
Progress = Callable[[int], object]


@cache
def own_events() -> frozenset[str]:
    """The events after which a search must find something else."""
    return frozenset(event.__name__ for event in declared_events(CatalogEvent))


def rebuild(place: Path, progress: Progress = lambda books: None) -> State:
    """Builds the index from the catalogue beside the one that counts, and then puts it in its place.

    What happens meanwhile has a later position in the log, so it is caught up with afterwards.
    """
    position, newest = end_of_log(), newest_book()
    name, index = new_generation(place)
    writer = index.writer(MEMORY, 1)
    last = 0
    while books := records(on_record().filter(pk__gt=last).order_by("pk")[:BOOKS_AT_ONCE]):
        last = books[-1].pk
        for document in _documents(books):
            writer.add_document(document)
        progress(len(books))
    writer.commit()
    writer.wait_merging_threads()
    state = State(name, VERSION, position, _event_at(position), newest, moves_before(position, BATCH))
    write_state(place, state)
    drop_other_generations(place, name)
    return state


def catch_up(place: Path, state: State, *, batches: int | None = None) -> State:
    """Takes in what happened behind the state's position, so many `BATCH`es of events at most; returns the new state.

    The position is written after the index, so what is lost between the two is done again. In another log than the one
    that it followed nothing is taken in.
    """
    while batches is None or batches > 0:
        events = _behind(state)
        if events is None:
            break
        if events or state.waiting:
            state = _with(place, state, events)
        if len(events) < BATCH:
            break
        batches = None if batches is None else batches - 1
    return state


def _behind(state: State) -> list[Entry] | None:
    """The next `BATCH` of events behind the state's position; None where its last event is not in the log."""
    if not state.position:
        return entries_from(1, BATCH)
    found = entries_from(state.position, BATCH + 1)
    return found[1:] if found and found[0][:2] == (state.position, UUID(state.event)) else None


def _with(place: Path, state: State, events: Sequence[Entry]) -> State:
    """The state with these events in the index, and with the loans and returns that were noted meanwhile."""
    own = own_events()
    changed = {book for event in events if event.name in own and (book := facts_in(event.payload).book)}
    newest = max(state.newest, *changed) if changed else state.newest
    moved, waiting = noted({**state.waiting, **moves_in(events)})
    changed |= _turned(place, state, moved - changed)
    if changed:
        _index_anew(place, state, changed)
        state = replace(state, written_at=time.time_ns())
    if events:
        state = replace(state, position=events[-1].position, event=events[-1].uuid.hex, newest=newest)
    if events or changed or waiting != state.waiting:
        state = replace(state, waiting=waiting)
        write_state(place, state)
    return state


def newest_book() -> int:
    """The last id that a book got; 0 without any."""
    with connection_of("catalog").cursor() as cursor:
        cursor.execute("SELECT MAX(id) FROM catalog_book")
        return cursor.fetchone()[0] or 0


def _turned(place: Path, state: State, moved: Collection[int]) -> set[int]:
    """Those of the books whose step of popularity, or whether one can be borrowed, is other than in the index."""
    if not moved:
        return set()
    searcher, figures = reader.searcher(place, state), _figures(moved)

    def known(book: int) -> tuple[int, bool] | None:
        hits = searcher.search(term_of_id(book), 1, count=False, order_by_field="rank").hits
        free = searcher.search(all_of([term_of_id(book), term("available", "yes")]), 1)
        return (popularity_of(hits[0][0]), bool(free.hits)) if hits else None

    def at_present(book: Record) -> tuple[int, bool]:
        now = figures.get(book.pk, Figures())
        return popularity(loans_of(book, now)), now.available > 0

    there = records(on_record().filter(pk__in=moved))
    return {book.pk for book in in_turns(there) if known(book.pk) != at_present(book)}


def _index_anew(place: Path, state: State, changed: Collection[int]) -> None:
    index = tantivy.Index.open(str(place / state.generation))
    writer = index.writer(LEAST_MEMORY, 1)
    for book in changed:
        writer.delete_documents_by_query(term_of_id(book))  # by a number's term tantivy-py deletes nothing
    for document in _documents(records(on_record().filter(pk__in=changed))):
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()


def _documents(books: Collection[Record]) -> Iterator[tantivy.Document]:
    figures = _figures([book.pk for book in books])
    for book in in_turns(books):
        yield document_of(book, figures.get(book.pk, Figures()))


def _figures(books: Collection[int]) -> dict[int, Figures]:
    """Of each book with copies what they say of it."""
    found = Copy.objects.filter(book__in=books).order_by().values_list("book")
    here, to_lend = Q(withdrawn_at=None), Q(withdrawn_at=None, lendable=True, for_loan=True)
    counted = found.annotate(moves=Sum("moves"), copies=Count("pk", filter=here), free=Count("pk", filter=to_lend))
    return {book: Figures((moves + 1) // 2, copies, free) for book, moves, copies, free in counted}


def _event_at(position: int) -> str:
    found = Event.objects.filter(position=position).values_list("uuid", flat=True).first()
    return found.hex if found else ""
