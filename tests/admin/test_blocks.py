"""Blocks and suspensions on the staff side."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from lending.models import Block
from tests.admin.door import Door, a_patron

pytestmark = pytest.mark.django_db


@pytest.fixture
def haneul(librarian: Door) -> User:
    """A patron."""
    return a_patron()


def blocked(door: Door, **fields: str) -> str:
    """Fills in the form of a block."""
    return door.send("lending_block_add", **{"card_number": "P-7101", "reason": "책 훼손", **fields})


def test_a_card_is_blocked_seen_and_lifted(librarian: Door, haneul: User) -> None:
    until = timezone.localdate() + timedelta(days=7)
    assert "P-7101" in librarian.see("lending_block_add", card_number="P-7101")
    blocked(librarian, until=str(until))
    block = Block.objects.get()
    assert (block.patron_id, block.kind, block.until, block.made_by) == (haneul.pk, "manual", until, librarian.user)
    assert "책 훼손" in librarian.see("desk_patron", haneul.pk)
    assert "책 훼손" in librarian.see("lending_block_changelist", q="p-7101", in_force="yes")
    assert "책 훼손" not in librarian.see("lending_block_changelist", q="P-0000")

    assert 'name="reason"' in librarian.act("lending_block", "lift", block)
    assert "Lifted: 1." in librarian.act("lending_block", "lift", block, confirmed="yes", reason="변상함")
    block.refresh_from_db()
    assert (block.lift_reason, block.lifted_by) == ("변상함", librarian.user)
    assert "책 훼손" not in librarian.see("desk_patron", haneul.pk)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"card_number": "P-0000"}, "No card has that number."),
        ({"reason": ""}, "This field is required."),
        ({"until": "2020-01-01"}, "be past."),
    ],
)
def test_a_block_with_a_fault_is_not_made(librarian: Door, haneul: User, fields: dict[str, str], sentence: str) -> None:
    assert sentence in blocked(librarian, **fields)
    assert not Block.objects.exists()
