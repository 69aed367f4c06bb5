"""Who and what a run begins with. `manage.py shell -c` runs `found` in a process of its own, on the run's database."""

import json
from typing import Any

from django.conf import settings
from django.utils import timezone
from knox.models import AuthToken

from accounts.models import User
from accounts.services import register_patron
from catalog.services import register_book
from kernel.eventbus.delivery.worker import deliver_due

PATRONS = 6
BOOKS = 5
COPIES = 4
WANTED = 2
"""So many books have one copy only, so that people wait for them."""


def found() -> None:
    """Prints the ids of people and books, and everybody's token, as JSON."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    patrons = [_person(f"P-{number}") for number in range(PATRONS)]
    desk, librarian = _person("P-DESK"), _person("L-0001", is_staff=True, roles=["administrator"])
    now = timezone.now()
    books = [register_book(title=f"Book {number}", copies=COPIES, now=now).pk for number in range(BOOKS)]
    books += [register_book(title=f"Wanted {number}", copies=1, now=now).pk for number in range(WANTED)]
    deliver_due()
    tokens = {user.pk: AuthToken.objects.create(user=user)[1] for user in (*patrons, librarian)}
    people = {"patrons": [user.pk for user in patrons], "desk": desk.pk, "librarian": librarian.pk}
    print(json.dumps({**people, "tokens": tokens, "books": books}))


def _person(card_number: str, **details: Any) -> User:
    name = f"{card_number} 김하늘"
    return register_patron(card_number=card_number, name=name, password="열려라" * 5, now=timezone.now(), **details)
