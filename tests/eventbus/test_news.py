"""Who remembers something learns that an event was committed since."""

import threading

import pytest
from django.db import connection
from django.utils import timezone

from kernel.eventbus.models import Event
from kernel.eventbus.publishing.outbox import publish
from kernel.eventbus.stream import news as looked
from kernel.eventbus.stream.log import end_of_log
from kernel.eventbus.stream.news import News
from kernel.storage.databases import atomic_in
from tests.eventbus.kettle import KettleBoiled

pytestmark = pytest.mark.django_db


def boil(kettle: int = 1) -> None:
    with atomic_in("catalog"):
        publish(KettleBoiled(occurred_at=timezone.now(), kettle=kettle, cups=1))


@pytest.fixture
def kettles() -> News:
    return News("catalog", lambda: {"KettleBoiled"})


def test_the_number_grows_with_an_event_and_stays_while_nothing_happens(kettles: News) -> None:
    numbers = [kettles.number(), kettles.number()]
    boil()
    numbers += [kettles.number(), kettles.number()]
    boil()
    boil()
    numbers.append(kettles.number())
    assert [later - numbers[0] for later in numbers] == [0, 0, 1, 1, 2]


def test_an_event_counts_once_though_it_gets_its_position_later(kettles: News) -> None:
    kettles.number()
    boil()
    number = kettles.number()
    end_of_log()
    assert [kettles.number(), kettles.number()] == [number, number]


def test_an_event_that_has_its_position_already_counts(kettles: News) -> None:
    number = kettles.number()
    boil()
    end_of_log()
    assert kettles.number() == number + 1


def test_other_events_do_not_count() -> None:
    books = News("catalog", lambda: {"BookRevised"})
    number = books.number()
    boil()
    assert books.number() == number
    end_of_log()
    assert books.number() == number


def test_an_event_counts_that_was_committed_after_later_ones(kettles: News) -> None:
    boil(1)
    boil(2)
    late = Event.objects.order_by("pk").first()
    assert late
    late.delete()
    end_of_log()
    number = kettles.number()
    late.save(force_insert=True)
    assert kettles.number() > number


@pytest.mark.parametrize("numbered", [0, 2])
def test_another_log_in_its_place_is_news(kettles: News, numbered: int) -> None:
    boil()
    end_of_log()
    number = kettles.number()
    Event.objects.all().delete()
    for kettle in range(numbered):
        boil(kettle)
    end_of_log()
    assert kettles.number() > number


def test_an_event_that_is_gone_again_is_news(kettles: News) -> None:
    boil()
    number = kettles.number()
    Event.objects.all().delete()
    assert kettles.number() > number


def test_more_than_is_looked_at_counts_as_news(kettles: News, monkeypatch: pytest.MonkeyPatch) -> None:
    others = News("catalog", lambda: {"BookRevised"})
    monkeypatch.setattr(looked, "LOOKED_AT", 3)
    number = others.number()
    for kettle in range(4):
        boil(kettle)
    end_of_log()
    assert others.number() > number
    assert others.number() == others.number()


@pytest.mark.django_db(transaction=True)
def test_many_threads_look_at_once(kettles: News) -> None:
    found: list[int] = []

    def look() -> None:
        try:
            found.append(kettles.number())
        finally:
            connection.close()

    kettles.number()
    boil()
    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == {kettles.number()}


def test_of_several_names_each_has_a_number_of_its_own() -> None:
    news = News("catalog", lambda: {"KettleBoiled", "BookRevised"})
    before = {name: news.number({name}) for name in ("KettleBoiled", "BookRevised")}
    boil()
    assert news.number({"KettleBoiled"}) == before["KettleBoiled"] + 1
    assert news.number({"BookRevised"}) == before["BookRevised"]


def test_who_holds_the_news_is_answered_as_of_the_first_look(kettles: News) -> None:
    with kettles.held():
        number = kettles.number()
        boil()
        assert kettles.number() == number
    assert kettles.number() == number + 1
    with kettles.held():
        assert kettles.number() == number + 1
