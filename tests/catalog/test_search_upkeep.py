"""The index knows what the catalogue knows, whatever happens to its folder."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from catalog.models import Book
from catalog.search import asking, freshness, index, keeper, upkeep
from catalog.search.asking import best_matches, search
from catalog.search.condition import condition
from catalog.search.fallback import Fallback
from catalog.search.finding import Filters, Search
from catalog.services import add_copies, revise_book, withdraw_book
from kernel.eventbus.models import Delivery, Event
from tests.catalog.books import NOW, register
from tests.catalog.test_book_list import listed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path) -> Path:
    """A folder of this test's own."""
    settings.SEARCH_DIR = str(tmp_path)
    return index.folder()


def generation(place: Path) -> str:
    """The one that counts."""
    state = index.state_of(place)
    assert state
    return state.generation


def test_what_was_registered_a_moment_ago_is_found_without_building_anew(place: Path) -> None:
    first = register("첫째 권")
    assert best_matches("첫째") == [first.pk]
    built = generation(place)

    second = register("둘째 권")

    assert best_matches("둘째") == [second.pk]
    assert generation(place) == built


def test_a_revision_and_a_withdrawal_are_followed(place: Path) -> None:
    book, gone = register("봄날의 곰"), register("사라질 책")
    assert best_matches("사라질") == [gone.pk]

    revise_book(book.pk, now=NOW, title="겨울날의 곰")
    withdraw_book(gone.pk, now=NOW)

    assert (best_matches("봄날"), best_matches("겨울날"), best_matches("사라질")) == ([], [book.pk], [])


def test_nothing_is_written_while_nothing_happens(place: Path) -> None:
    register("한 권")
    best_matches("한 권")
    before = (place / "state.json").stat().st_mtime_ns

    best_matches("한 권")

    assert (place / "state.json").stat().st_mtime_ns == before


def test_a_log_that_was_replaced_has_the_index_built_anew(place: Path) -> None:
    book = register("다른 책")
    best_matches("다른")
    built = generation(place)
    Delivery.objects.all().delete()
    Event.objects.all().delete()
    register("새 책")
    Book.objects.filter(pk=book.pk).delete()

    assert best_matches("다른") == []
    assert generation(place) != built


def test_the_keeper_takes_nothing_of_another_log_which_it_sees_at_its_next_check(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register("다른 책")
    keeper.keep_current()
    keeper.keep_current()
    built = index.state_of(place)
    Delivery.objects.all().delete()
    Event.objects.all().delete()
    for title in ("새 책", "또 새 책", "더 새 책"):
        register(title)

    keeper.keep_current()
    assert index.state_of(place) == built

    monkeypatch.setattr(keeper, "CHECK_EVERY", 0)
    keeper.keep_current()
    assert built
    assert generation(place) != built.generation


def test_books_that_came_without_events_are_seen_a_moment_later(monkeypatch: pytest.MonkeyPatch) -> None:
    Book.objects.create(title="없는 사건", authors=[], registered_at=NOW)
    assert [len(best_matches("사건")) for _search in range(2)] == [1, 1]

    Book.objects.create(title="다음 사건", authors=[], registered_at=NOW)
    monkeypatch.setattr(freshness, "TRUSTED", 0)

    assert len(best_matches("사건")) == 2


def spoil(place: Path, how: str) -> None:
    """What may befall a folder."""
    folder = place / generation(place)
    if how == "gone":
        place.rename(away := place.with_name("away"))
        shutil.rmtree(away, ignore_errors=True)  # the index may still be writing into it
    elif how == "no meta":
        (folder / "meta.json").write_text("{")
    elif how == "cut short":
        for path in folder.glob("*.*"):
            whole = path.read_bytes()
            path.unlink()  # what is open stays whole: a file that is cut short while it is mapped ends the process
            path.write_bytes(whole[:20])
    elif how == "older release":
        state = json.loads((place / "state.json").read_text())
        (place / "state.json").write_text(json.dumps(state | {"version": 0}))
    else:
        (place / "state.json").write_text("")
    asking.reader.__init__()  # as in a new process  # type: ignore[misc]


@pytest.mark.parametrize("how", ["gone", "no meta", "cut short", "older release", "no state"])
def test_a_folder_that_is_of_no_use_is_built_anew(place: Path, how: str) -> None:
    book = register("책이 굳센")  # which the database alone does not find
    best_matches("굳센")
    built = generation(place)

    spoil(place, how)

    search("굳센")  # a search that meets it answers from the database at the worst
    assert best_matches("굳센") == [book.pk]
    assert generation(place) != built


@pytest.mark.parametrize("how", ["gone", "no meta", "cut short", "older release", "no state"])
def test_the_web_process_builds_it_anew_by_itself(place: Path, how: str) -> None:
    book = register("책이 굳센")  # which the database alone does not find
    best_matches("굳센")
    built = generation(place)
    spoil(place, how)

    keeper.keep_current()

    state = index.state_of(place)
    assert state
    assert state.generation != built
    assert [hit.book for hit in Search(index.reader.searcher(place, state), "굳센", Filters()).hits(2)] == [book.pk]


def test_a_search_says_so_and_goes_on_without_an_index(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "BUILT_AT_ONCE", 1)
    for title in ("강물 위로", "강물", "흐르는 강물", "바다"):
        register(title, isbn="9780743273565" if title == "바다" else None)

    answer = client.get("/api/v1/books", {"q": "강물", "page_size": 1})

    assert (answer["Library-Search"], answer["Library-Total"]) == ("titles-only", "2+")
    assert [book["title"] for book in answer.json()["results"]] == ["강물"]
    second = client.get(answer.json()["next"]).json()
    assert [book["title"] for book in second["results"]] == ["강물 위로"]
    assert [book["title"] for book in client.get(second["previous"]).json()["results"]] == ["강물"]
    assert listed(client, q="0-7432-7356-7") == ["바다"]
    assert not condition().answers

    keeper.keep_current()

    assert condition().answers
    assert listed(client, q="강물") == ["강물", "강물 위로", "흐르는 강물"]


def test_a_folder_that_can_not_be_written_is_no_fault_of_a_search(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.SEARCH_DIR = str(tmp_path / "file")
    register("닫힌 문")

    answer = search("닫힌")

    assert isinstance(answer.by, Fallback)
    assert answer.by.total == 1


def test_a_search_tells_how_far_behind_it_is_while_another_program_writes(place: Path, client: Client) -> None:
    register("먼저")
    best_matches("먼저")
    with index.writing(place) as held:
        assert held
        register("나중")
        Event.objects.update(occurred_at=NOW.replace(year=2020))

        answer = client.get("/api/v1/books", {"q": "나중"})

    assert answer.json()["results"] == []
    assert int(answer["Library-Behind"]) > 1_000_000
    assert "Library-Behind" not in client.get("/api/v1/books", {"q": "나중"})


def test_more_than_a_search_takes_in_is_left_to_the_keeper(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    register("하나")
    best_matches("하나")
    monkeypatch.setattr(upkeep, "BATCH", 2)
    for number in range(5):
        register(f"여럿 {number}")

    assert len(best_matches("여럿")) == 2
    keeper.keep_current()
    assert len(best_matches("여럿")) == 5
    assert condition().lag == 0


def test_the_command_builds_it_and_says_how_many(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    withdraw_book(register("하나").pk, now=NOW)
    register("둘")

    call_command("rebuild_search")

    assert f"1 book is in the search index {place}" in capsys.readouterr().out
    assert condition().books == 1


def test_old_generations_do_not_stay(place: Path) -> None:
    register("하나")
    for _ in range(3):
        upkeep.rebuild(place)

    assert [path.name for path in place.iterdir() if path.is_dir()] == [generation(place)]


def test_a_registration_that_is_undone_leaves_nothing_behind() -> None:
    register("있는 책")
    with transaction.atomic():
        undone = register("없던 일")
        assert best_matches("없던") == [undone.pk]
        transaction.set_rollback(True)

    assert best_matches("없던") == []
    assert len(best_matches("있는")) == 1


def test_a_copy_that_comes_later_is_followed_too() -> None:
    book = register("첫째 권")
    assert search("첫째", Filters(with_copies=True)).by.total == 0

    add_copies(book.pk, now=NOW, count=1)

    assert [hit.book for hit in search("첫째", Filters(with_copies=True)).by.hits(9)] == [book.pk]


def test_whatever_a_record_carries_finds_the_book() -> None:
    book = register(
        "漢文學史",
        volume="2",
        series="마을 이야기",
        other_titles=["Hanmunhaksa"],
        other_isbns=["9788937462788"],
        access_points=["Chin, Yung-gi", "9788937483325"],
        class_number="810.9",
    )

    for question in ("hanmunhaksa", "마을 이야기", "9788937462788", "9788937483325", "chin yung", "810.9", "한문학사"):
        assert best_matches(question) == [book.pk], question


def test_loans_elsewhere_raise_a_book() -> None:
    rare, popular = register("느티나무 이야기"), register("느티나무 이야기", loans_before=500)
    assert best_matches("느티나무 이야기") == [popular.pk, rare.pk]


def test_an_index_of_another_catalogue_is_known_before_the_first_event_was_taken_in(place: Path) -> None:
    """As where a database was put in the place of another, and neither had a log yet when the index was built."""
    built = upkeep.rebuild(place)
    index.write_state(place, replace(built, position=0, event="", newest=10**9))
    book = register("강가의 집")

    answer = search("강가의")
    assert isinstance(answer.by, Search)
    assert [hit.book for hit in answer.by.hits(1)] == [book.pk]
