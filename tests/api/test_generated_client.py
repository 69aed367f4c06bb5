"""A client that a generator makes from the OpenAPI document, used as a vendor would use it."""

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.demo import PASSWORD, demo_library
from tests.processes import until

PACKAGE = "library_client"


class Generated:
    """The generated package, and a caller who is known once signed in."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.caller = self.part("client").Client(base_url=address)

    def part(self, name: str) -> Any:
        """A module of the package."""
        return importlib.import_module(f"{PACKAGE}.{name}")

    def model(self, name: str, **members: Any) -> Any:
        """A model with these members."""
        return getattr(self.part("models"), name)(**members)

    def call(self, operation: str, *path: Any, **arguments: Any) -> Any:
        """What an operation, such as `loans.borrow_book`, answers: a model."""
        return self.part(f"api.{operation}").sync(*path, client=self.caller, **arguments)

    def sign_in(self, card_number: str) -> None:
        """Calls are that person's from then on."""
        body = self.model("SignInRequest", card_number=card_number, password=PASSWORD)
        token = self.call("auth.sign_in", body=body).token
        self.caller.get_httpx_client().close()
        self.caller = self.part("client").AuthenticatedClient(base_url=self.address, token=token, prefix="Token")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a library runs, from whose document the package was generated without a single warning."""
    folder = tmp_path_factory.mktemp("vendor")
    with demo_library(folder) as port, pytest.MonkeyPatch.context() as patched:
        generate(f"http://127.0.0.1:{port}/api/v1/schema", folder / PACKAGE)
        patched.syspath_prepend(folder)
        yield f"http://127.0.0.1:{port}"
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


@pytest.fixture
def client(address: str) -> Iterator[Generated]:
    """The client, before anybody has signed in."""
    generated = Generated(address)
    yield generated
    generated.caller.get_httpx_client().close()


def generate(url: str, folder: Path) -> None:
    """Makes the package in that folder. A warning is a failure."""
    tools = Path(sys.executable).parent
    generator = [tools / "openapi-python-client", "generate", "--url", url, "--meta", "none", "--output-path", folder]
    made = subprocess.run(
        [*generator, "--fail-on-warning"],
        cwd=folder.parent,
        env={**os.environ, "PATH": f"{tools}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    assert "warning" not in (made.stdout + made.stderr).lower(), made.stdout


def test_a_patron_borrows_and_returns(client: Generated) -> None:
    client.sign_in("P-0001")
    me = client.call("me.get_me")
    book = client.call("books.list_books", available=True, page_size=50).results[0]

    loan = client.call("loans.borrow_book", body=client.model("BorrowRequest", book=book.id))
    assert (type(loan).__name__, loan.patron, loan.book, loan.status) == ("Loan", me.id, book.id, "active")
    assert loan.id in [one.id for one in client.call("loans.list_loans", status=loan.status).results]
    until(lambda: loan.id in [one.loan for one in client.call("dashboard.get_own_dashboard").loans])

    returned = client.call("loans.return_loan", loan.id, body=client.model("ReturnLoanRequest", quantity=1))
    assert (type(returned).__name__, returned.status, returned.days_late) == ("ReturnedLoan", "returned", 0)
    again = client.call("loans.return_loan", loan.id)
    assert (type(again).__name__, again.status, again.code) == ("Problem", 409, "not_on_loan")


def test_every_kind_of_error_is_one_model(client: Generated) -> None:
    client.sign_in("P-0001")
    book = client.call("books.list_books", available=True).results[0]
    all_and_more = client.model("BorrowRequest", book=book.id, quantity=book.copies_total + 1)

    problems = [
        client.call("loans.borrow_book", body=all_and_more),
        client.call("loans.borrow_book", body=client.model("BorrowRequest", book=0)),
        client.call("loans.get_loan", 10**9),
        client.call("patrons.list_patrons"),
    ]
    assert {type(problem).__name__ for problem in problems} == {"Problem"}
    assert [problem.status for problem in problems] == [409, 400, 404, 403]
    assert problems[0].code in {"out_of_stock", "loan_limit_reached"}
    assert problems[1].errors[0].field == "book"


def test_the_desk_borrows_for_a_patron(client: Generated) -> None:
    client.sign_in("L-0001")
    patron = client.call("patrons.list_patrons", q="P-0002").results[0]
    book = client.call("books.list_books", available=True).results[0]

    loan = client.call("loans.borrow_book", body=client.model("DeskBorrowRequest", patron=patron.id, book=book.id))
    assert (loan.patron, loan.cancel_reason) == (patron.id, "")
    returned = client.call(
        "returns.return_copy", body=client.model("ReturnCopyRequest", barcode=loan.copies[0].barcode)
    )
    assert returned.id == loan.id
    changed = client.call("books.update_book", book.id, body=client.model("UpdateBookRequest", publisher="민음사"))
    assert (changed.publisher, changed.title, changed.authors) == ("민음사", book.title, book.authors)
