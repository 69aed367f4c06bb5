"""A made-up library to measure: books with copies and patrons with tokens, known to the others by its events."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle, islice
from urllib.parse import quote

from django.db import transaction
from knox.models import AuthToken

from accounts.events import PatronRegistered
from accounts.models import User
from benchmarks.client import Request, asking
from benchmarks.titles import titles
from catalog.events import BookRegistered, CopyAdded
from catalog.models import Book, Copy
from catalog.rules import barcode_for
from dashboard.models import UserInfo
from kernel.eventbus.models import Delivery
from kernel.eventbus.publishing.outbox import publish_many
from kernel.eventbus.stream.log import gather_all
from lending import models as lending
from lending.policies.table import policies_now

COPIES = 2
WORDS = 500


@dataclass(frozen=True)
class Town:
    """What the clients may ask for. Every borrow succeeds: it has a copy to itself and its patron has room."""

    tokens: list[str]
    borrows: Iterator[Request]
    pages: Iterator[Request]
    searches: Iterator[Request]
    availabilities: Iterator[Request]


def build_town(books: int, patrons: int, now: datetime) -> Town:
    """Enters everything and publishes the events that the services would; nothing is delivered yet."""
    luck = random.Random(20_260_102)
    with transaction.atomic():
        shelf = _fill_shelves(books, now)
        people = _register(patrons, now)
    tokens = [AuthToken.objects.create(user)[1] for user in people]
    words = [luck.choice(luck.choice(shelf).title.split()) for _ in range(WORDS)]
    return Town(
        tokens=tokens,
        borrows=iter(
            _possible_borrows(
                shelf, tokens, policies_now().deciding("", "", now.date()).rules.loan.max_copies or 10, luck
            )
        ),
        pages=cycle([asking("GET", "/api/v1/dashboard", token) for token in tokens]),
        searches=cycle([asking("GET", f"/api/v1/books?q={quote(word)}") for word in words]),
        availabilities=cycle([asking("GET", f"/api/v1/books/{book.pk}/availability") for book in shelf]),
    )


def know_the_rest() -> None:
    """Gives the listening contexts at once what no worker has delivered to them, and the events their positions, as in
    a library that has been there for a while; no worker may run."""
    with transaction.atomic():
        lending.Book.objects.bulk_create(
            [lending.Book(id=book.pk, title=book.title, revision=book.revision) for book in Book.objects.all()],
            ignore_conflicts=True,
        )
        lending.Copy.objects.bulk_create(
            [lending.Copy(id=copy.pk, book_id=copy.book_id, barcode=copy.barcode) for copy in Copy.objects.all()],
            ignore_conflicts=True,
        )
        people = User.objects.all()
        lending.Patron.objects.bulk_create([lending.Patron(pk=user.pk) for user in people], ignore_conflicts=True)
        UserInfo.objects.bulk_create([UserInfo(patron_id=user.pk) for user in people], ignore_conflicts=True)
        Delivery.objects.all().delete()
    gather_all()


def _fill_shelves(number: int, now: datetime) -> list[Book]:
    shelf = [
        Book(title=title, authors=[author], language=language, registered_at=now)
        for title, author, language in titles(number)
    ]
    Book.objects.bulk_create(shelf)
    copies = [
        Copy(book=book, barcode=barcode_for(book.pk, copy), added_at=now)
        for book in shelf
        for copy in range(1, COPIES + 1)
    ]
    Copy.objects.bulk_create(copies)
    publish_many(BookRegistered(**_told(book, now), isbn=None) for book in shelf)
    publish_many(CopyAdded(**_told(copy.book, now), copy=copy.pk, barcode=copy.barcode) for copy in copies)
    return shelf


def _told(book: Book, now: datetime) -> dict:
    return {"occurred_at": now, "book": book.pk, "title": book.title, "revision": book.revision}


def _register(number: int, now: datetime) -> list[User]:
    """People without a password, since hashing one takes longer than all the rest."""
    people = User.objects.bulk_create(
        [User(card_number=f"B-{n:06}", name=f"Patron {n}", password="!") for n in range(number)]
    )
    publish_many(PatronRegistered(occurred_at=now, patron=user.pk) for user in people)
    return people


def _possible_borrows(shelf: list[Book], tokens: list[str], limit: int, luck: random.Random) -> list[Request]:
    """The patrons take turns, so that two calls at the same time are of different patrons."""
    copies = [book.pk for book in shelf for _ in range(COPIES)]
    luck.shuffle(copies)
    turns = islice(cycle(tokens), len(tokens) * limit)
    return [
        asking("POST", "/api/v1/loans", token, {"book": book}, about=token)
        for token, book in zip(turns, copies, strict=False)
    ]
