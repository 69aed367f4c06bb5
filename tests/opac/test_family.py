"""The page on which one agrees to a loan, for who shares a limit with the family."""

from django.utils import timezone

from lending.families.services import make_family
from tests.factories import Town, new_policy
from tests.opac.visitor import Visitor


def test_the_familys_loans_count_and_are_called_so(town: Town, haneul: Visitor, in_korean: Visitor) -> None:
    new_policy(loan__max_copies=2)
    book = town.book(copies=5)
    make_family(name="김씨네", members=[town.haneul.id, town.jo.id], now=timezone.now())
    town.take(town.jo, book, quantity=3)
    page = haneul.see(f"/books/{book}/borrow")
    assert "Your family’s loans" in page
    assert "3 of 4" in page
    town.take(town.haneul, book)
    page = haneul.see(f"/books/{book}/borrow")
    assert "The family may have 4 copies out together; out or asked for already: 4." in page
    assert "you have that many" not in page
    assert "가족의 대출" in in_korean.see(f"/books/{book}/borrow")
    tried = town.haneul.post("loans?dry_run=true", {"book": book}).json()
    assert "The family may have at most 4 copies out together." in tried["explanation"]
    assert "At most 2 copies may be out." not in tried["explanation"]
