"""What a crowd asks for: a book, perhaps how many copies of it, a copy's return or a loan's, and nothing else."""

import re
from collections.abc import Sequence
from typing import Any

from kernel.http.permissions import has_right
from kernel.labels.reading import barcode_of
from lending.api.crowd.calls import Kind, Waiting
from lending.api.group_commit import borrows, returns
from lending.checkout.services import BorrowRequest
from lending.policies.borrowers import borrower_of
from lending.returns.grouped import ReturnRequest

ID = "[1-9][0-9]{0,17}"
QUANTITY = '"quantity": ?(1000|[1-9][0-9]{0,2})'
"""As many as `MOST_COPIES`."""
API = "/api/v1/"


def _body(form: str) -> re.Pattern[bytes]:
    """As programs write it."""
    return re.compile(form.encode())


def _borrow(waiting: Waiting[BorrowRequest], person: Any) -> BorrowRequest | None:
    """What patrons ask for themselves."""
    if person.is_staff:
        return None
    book_id, quantity = waiting.wanted
    return BorrowRequest(
        patron_id=person.pk,
        book_id=int(book_id or 0),
        quantity=int(quantity or 1),
        requested_at=waiting.came_at,
        borrower=borrower_of(person),
        trace=waiting.trace_of(person),
    )


def _return_of_loan(waiting: Waiting[ReturnRequest], person: Any) -> ReturnRequest:
    """Of one's own, or of anybody's."""
    (quantity,) = waiting.wanted
    return ReturnRequest(
        asked_at=waiting.came_at,
        loan_id=int(waiting.address.split("/")[-2]),
        quantity=int(quantity) if quantity else None,
        of_patron=None if _may_return_all(person) else person.pk,
        trace=waiting.trace_of(person),
    )


def _return_of_copy(waiting: Waiting[ReturnRequest], person: Any) -> ReturnRequest | None:
    """What librarians scan."""
    (scanned,) = waiting.wanted
    if not _may_return_all(person):
        return None
    barcode = barcode_of((scanned or b"").decode())
    return ReturnRequest(asked_at=waiting.came_at, barcode=barcode, trace=waiting.trace_of(person))


def _may_return_all(person: Any) -> bool:
    return has_right(person, "lending.change_loan")


KINDS: Sequence[Kind[Any]] = (
    Kind(
        route="api/v1/loans",
        address=re.compile(f"{API}loans"),
        body=_body(f'{{"book": ?({ID})(?:, ?{QUANTITY})?}}'),
        allow="GET, POST, HEAD, OPTIONS",
        groups=borrows,
        request_of=_borrow,
    ),
    Kind(
        route="api/v1/loans/<id:pk>/return",
        address=re.compile(f"{API}loans/{ID}/return"),
        body=_body(f"{{(?:{QUANTITY})?}}"),
        allow="POST, OPTIONS",
        groups=returns,
        request_of=_return_of_loan,
    ),
    Kind(
        route="api/v1/returns",
        address=re.compile(f"{API}returns"),
        body=_body('{"barcode": ?"([0-9A-Za-z][0-9A-Za-z-]{0,39})"}'),
        allow="POST, OPTIONS",
        groups=returns,
        request_of=_return_of_copy,
    ),
)


def kind_of(address: str) -> Kind[Any] | None:
    """The kind of the calls of an address, if they may be a crowd's."""
    return next((kind for kind in KINDS if kind.address.fullmatch(address)), None)
