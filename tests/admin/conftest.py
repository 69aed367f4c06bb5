"""What the admin's tests share."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from catalog.models import Copy
from catalog.services import register_book
from tests.admin.door import Door, a_librarian, a_patron
from tests.bus import Bus


@pytest.fixture
def bus() -> Bus:
    """The bus, in order: the stories run it in the other orders."""
    return Bus()


@pytest.fixture
def librarian(db: Any) -> Door:
    """A librarian at the admin."""
    return a_librarian()


@pytest.fixture
def haneul(librarian: Door) -> User:
    """A patron."""
    return a_patron()


@pytest.fixture
def barcodes(bus: Bus) -> list[str]:
    """The barcodes of a book's three copies."""
    book = register_book(now=timezone.now(), title="소나기", copies=3)
    bus.settle()
    return list(Copy.objects.filter(book=book).order_by("pk").values_list("barcode", flat=True))
