"""Where one looks for somebody who was erased."""

import json
from collections.abc import Iterator

from django.contrib.sessions.models import Session
from django.db import connections

from accounts.models import User
from kernel.eventbus.models import Event
from kernel.eventbus.stream.log import gather_all
from kernel.storage.databases import all_databases
from tests.people import Person

OF_PEOPLE = ("PatronRegistered", "PatronRevised", "PatronErased")
"""They say that there was somebody, and who that was is known no more."""


def every_cell() -> Iterator[tuple[str, str]]:
    """Every row of every table of every database, as text; of what is encoded, what it says."""
    for alias in all_databases():
        with connections[alias].cursor() as cursor:
            for table in connections[alias].introspection.table_names(cursor):
                cursor.execute(f'SELECT * FROM "{table}"')
                columns = [column[0] for column in cursor.description]
                for row in cursor.fetchall():
                    yield table, str(dict(zip(columns, row, strict=True)))
    for session in Session.objects.all():
        yield "sessions", json.dumps(session.get_decoded(), ensure_ascii=False)


def nobody_is_found(librarian: Person, erased: dict[int, str]) -> None:
    """Whoever was erased, by the id and the name that they had, is in no answer of the API, no event and no search."""
    gather_all()
    named = [
        (event.name, event.payload.get("patron"), event.by)
        for event in Event.objects.exclude(name__in=OF_PEOPLE)
        if {event.payload.get("patron"), event.by} & erased.keys()
    ]
    assert named == []
    for person, name in erased.items():
        assert User.objects.get(pk=person).name == ""
        for address in (f"patrons/{person}", f"patrons/{person}/account", f"dashboard/{person}"):
            assert librarian.get(address).status_code == 404, address
        for address in (f"loans?patron={person}", f"fines?patron={person}", f"holds?patron={person}"):
            assert librarian.get(address).json()["results"] == [], address
        assert librarian.get(f"patrons?q={name}").json()["results"] == []


def names_found(names: list[str]) -> list[tuple[str, str]]:
    """Each table that has one of the names in a cell, with it."""
    return [(table, name) for table, text in every_cell() for name in names if name in text]
