"""The catalogue's tables can't be read, and lending goes on (rule 5.7)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import Error, connection

from catalog.models import Book, Copy
from kernel.eventbus.delivery.worker import deliver_due
from kernel.eventbus.models import Delivery
from library.operations.drift import drift_of_pages
from tests.bus import Bus
from tests.factories import Town
from tests.people import Person

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = (Book._meta.db_table, Copy._meta.db_table)


@pytest.fixture
def bus() -> Bus:
    """Here the workers deliver, with their own order and pauses."""
    return Bus()


@contextmanager
def catalogue_down() -> Iterator[None]:
    """The tables of books and copies have other names for a while."""
    _rename({table: f"{table}_away" for table in TABLES})
    try:
        yield
    finally:
        _rename({f"{table}_away": table for table in TABLES})


def _rename(tables: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        for old, new in tables.items():
            cursor.execute(f'ALTER TABLE "{old}" RENAME TO "{new}"')


def test_patrons_borrow_and_return_while_the_catalogue_is_down_and_it_catches_up(town: Town) -> None:
    book = town.book(copies=5)
    haneul, jo = town.haneul, town.jo
    kept = town.take(haneul, book)
    deliver_due()
    assert town.listed(book) == 4

    with catalogue_down():
        with pytest.raises(Error):
            Book.objects.count()
        more = town.take(jo, book, quantity=2)
        assert haneul.post(f"loans/{kept['id']}/return", {}).status_code == 200
        assert jo.post(f"loans/{more['id']}/renew").status_code == 200
        asked = town.ask_for(haneul, book)
        assert haneul.post(f"loans/{asked['id']}/cancel").status_code == 200
        deliver_due()

        assert town.available(book) == 3
        assert (town.page(haneul)["copies_on_loan"], town.page(jo)["copies_on_loan"]) == (0, 2)
        assert list(drift_of_pages()) == []
        waiting = Delivery.objects.all()
        assert {delivery.handler for delivery in waiting} == {"catalog.handlers.follow_copies"}
        assert all("catalog_copy" in delivery.error for delivery in waiting if delivery.attempts)

    for _ in range(4):  # each pause after a failure is over by then
        town.clock.shift(timedelta(minutes=10))
        deliver_due()
    assert not Delivery.objects.exists()
    assert Person().get(f"books/{book}").json()["copies_available"] == 3


def test_a_late_return_is_charged_and_paid_while_the_catalogue_is_down(town: Town) -> None:
    loan = town.lend_long_ago(town.haneul, town.book())
    with catalogue_down():
        assert town.haneul.post(f"loans/{loan['id']}/return", {}).json()["days_late"] == 42
        deliver_due()
        (fine,) = town.page(town.haneul)["fines"]
        assert town.librarian.post(f"fines/{fine['id']}/payments", {"amount": 2000}).status_code == 201
        deliver_due()
        assert town.page(town.haneul)["fines_outstanding"] == 0


def test_a_desk_lends_by_barcode_while_the_catalogue_is_down(town: Town) -> None:
    book, haneul = town.book(), town.haneul
    (copy,) = town.librarian.get(f"books/{book}/copies").json()["results"]
    with catalogue_down():
        lent = town.librarian.post("loans", {"patron": haneul.id, "barcode": copy["barcode"]})
        assert lent.status_code == 201
        assert town.librarian.post("returns", {"barcode": copy["barcode"]}).status_code == 200
