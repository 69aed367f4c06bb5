"""What stories about holds do again and again."""

from typing import Any

from tests.factories import Town, seoul
from tests.people import Person, a_patron


def hold(person: Person, book: int, **more: Any) -> dict[str, Any]:
    """The patron's new hold."""
    answer = person.post("holds", {"book": book, **more})
    assert answer.status_code == 201, answer.json()
    return dict(answer.json())


def seen(person: Person, one: dict[str, Any]) -> dict[str, Any]:
    """The hold as the API tells it now."""
    return dict(person.get(f"holds/{one['id']}").json())


def states(town: Town, book: int) -> list[tuple[str, int | None]]:
    """The state and position of each hold on the book, the oldest first."""
    holds = town.librarian.get(f"holds?book={book}&page_size=100").json()["results"]
    return [(one["status"], one["position"]) for one in reversed(holds)]


def others(count: int) -> list[Person]:
    """So many more patrons."""
    return [a_patron(f"P-71{number:02}", f"읽는 이 {number}") for number in range(count)]


def where(town: Town, copy: dict[str, Any]) -> str | None:
    """Where the catalogue has a copy, after it heard of everything."""
    town.bus.settle()
    return town.librarian.get(f"copies/{copy['id']}").json()["where"]


def scanned(town: Town, copy: dict[str, Any]) -> Any:
    """The desk scans a copy."""
    return town.librarian.post("returns", {"barcode": copy["barcode"]})


def not_collected_in_time(town: Town) -> tuple[int, dict[str, Any], Person]:
    """A book whose only copy has been on the hold shelf for a day too long, the loan from which it came back, and who
    did not come for it; somebody else waits behind."""
    book, people = town.book(), others(2)
    loan = town.take(town.jo, book)
    for person in people:
        hold(person, book)
    town.give_back(town.jo, loan)
    town.moves_to(seoul(3, 6))
    return book, loan, people[0]
