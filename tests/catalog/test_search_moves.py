"""The index follows loans and returns, whenever the catalogue itself hears of them."""

from pathlib import Path
from typing import Any

import pytest

from catalog.models import Book, Copy
from catalog.search import index, keeper, moves, upkeep
from catalog.search.asking import best_matches, search
from catalog.search.finding import Filters
from catalog.services import add_copies
from kernel.eventbus.models import Event
from tests.catalog.books import NOW, register

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place(db: None, settings: Any, tmp_path: Path) -> Path:
    """A folder of this test's own, with an index."""
    settings.SEARCH_DIR = str(tmp_path)
    keeper.keep_current()
    return index.folder()


def new_copy(book: Book) -> Copy:
    return Copy.objects.get(pk=add_copies(book.pk, now=NOW, count=1)[0].pk)


def announced(copy: Copy, move: int, *, back: bool = False) -> None:
    """Lending says that the copy went out, or came back."""
    payload = {"book": copy.book_id, "shelf": {str(copy.pk): {"move": move}}}
    name = "BookReturned" if back else "BookBorrowed"
    Event.objects.create(name=name, key="loan:1", occurred_at=NOW, payload=payload, correlation_id=Event().uuid)


def noted(copy: Copy, move: int, *, back: bool = False) -> None:
    """The catalogue has heard of it."""
    Copy.objects.filter(pk=copy.pk).update(moves=move, lendable=back, place="shelf" if back else "loan")


def to_lend(question: str = "책") -> list[str]:
    """The books with a copy to lend, after the next look at the log."""
    keeper.keep_current()
    hits = search(question, Filters(available=True)).by.hits(9)
    return [Book.objects.get(pk=hit.book).title for hit in hits]


def waiting(place: Path) -> dict[str, int]:
    state = index.state_of(place)
    assert state
    return state.waiting


def test_the_last_copy_goes_out_and_comes_back() -> None:
    copy = new_copy(register("하나뿐인 책"))
    assert to_lend() == ["하나뿐인 책"]

    announced(copy, 1)
    noted(copy, 1)
    assert to_lend() == []
    assert search("책").by.counts()["available"] == {"no": 1}

    announced(copy, 2, back=True)
    noted(copy, 2, back=True)
    assert to_lend() == ["하나뿐인 책"]


def test_a_book_with_another_copy_stays() -> None:
    book = register("두 권 있는 책")
    copy = new_copy(book)
    new_copy(book)
    announced(copy, 1)
    noted(copy, 1)

    assert to_lend() == ["두 권 있는 책"]


def test_a_copy_that_is_not_for_loan_is_none_to_lend() -> None:
    Copy.objects.filter(pk=new_copy(register("관내 책")).pk).update(for_loan=False)

    assert to_lend() == []


def test_what_the_catalogue_hears_late_is_followed_then(place: Path) -> None:
    copy = new_copy(register("늦은 책"))
    announced(copy, 1)
    assert to_lend() == ["늦은 책"]
    assert waiting(place) == {str(copy.pk): 1}

    noted(copy, 1)

    assert to_lend() == []
    assert waiting(place) == {}


def test_an_index_that_was_built_before_the_catalogue_heard_follows_too(place: Path) -> None:
    copy = new_copy(register("늦은 책"))
    announced(copy, 1)
    upkeep.rebuild(place)

    noted(copy, 1)

    assert to_lend() == []


def test_a_copy_that_is_gone_is_not_waited_for(place: Path) -> None:
    copy = new_copy(register("사라진 책"))
    announced(copy, 1)
    Copy.objects.filter(pk=copy.pk).delete()

    assert to_lend() == []
    assert waiting(place) == {}


def test_so_many_copies_are_waited_for(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moves, "MOST_WAITING", 2)
    copies = [new_copy(register(f"책 {number}")) for number in range(3)]
    for copy in copies:
        announced(copy, 1)
    keeper.keep_current()

    assert set(waiting(place)) == {str(copy.pk) for copy in copies[1:]}


def test_while_the_oldest_wait_the_others_are_asked_about_now_and_then(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moves, "OLDEST", 1)
    monkeypatch.setattr(moves.asking, "all_at", float("inf"))
    oldest, other = new_copy(register("오래 기다리는 책")), new_copy(register("다른 책"))
    for copy in (oldest, other):
        announced(copy, 1)
    noted(other, 1)
    keeper.keep_current()
    assert set(waiting(place)) == {str(oldest.pk), str(other.pk)}

    monkeypatch.setattr(moves.asking, "all_at", float("-inf"))

    assert to_lend() == ["오래 기다리는 책"]
    assert set(waiting(place)) == {str(oldest.pk)}


def test_once_the_oldest_was_noted_all_are_asked_about(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moves, "OLDEST", 1)
    monkeypatch.setattr(moves.asking, "all_at", float("inf"))
    copies = [new_copy(register(f"책 {number}")) for number in range(3)]
    for copy in copies:
        announced(copy, 1)
    for copy in copies[::2]:
        noted(copy, 1)

    assert to_lend() == ["책 1"]
    assert set(waiting(place)) == {str(copies[1].pk)}


def test_what_people_borrow_comes_first() -> None:
    first, second = register("같은 제목"), register("같은 제목")
    copies = {book: new_copy(book) for book in (first, second)}
    assert best_matches("같은 제목") == [first.pk, second.pk]

    noted(copies[second], 9)
    announced(copies[second], 9)
    keeper.keep_current()

    assert best_matches("같은 제목") == [second.pk, first.pk]


def test_a_loan_that_changes_neither_order_nor_stock_writes_nothing(place: Path) -> None:
    book = register("한 번 더")
    copy = new_copy(book)
    new_copy(book)
    noted(copy, 2_000, back=True)
    state = upkeep.rebuild(place)
    before = (place / state.generation / "meta.json").stat().st_mtime_ns
    noted(copy, 2_002, back=True)
    announced(copy, 2_002, back=True)

    keeper.keep_current()

    assert (place / state.generation / "meta.json").stat().st_mtime_ns == before
