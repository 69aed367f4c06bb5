"""The one lock order, everywhere: families, patrons' accounts, queues, copies; each by id. Everything here needs a
transaction. What comes before an account, if its patron is about to have more, is in `families/locks.py`."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from kernel.storage.composed import Rows, composed
from kernel.storage.databases import connection_of, database_of
from lending.loans_in_sql import among, ids_in_sql
from lending.loans_with_lines import loans_with_lines
from lending.loans_with_queues import loans_with_queues
from lending.models import Loan, Patron, Queue

ACCOUNT = [field.attname for field in Patron._meta.concrete_fields]
LOCK = """
SELECT 1 FROM lending_patron WHERE user_id IN (SELECT patron_id FROM lending_loan WHERE id {among})
ORDER BY user_id FOR UPDATE
"""


def lock_known_accounts(patrons: Collection[int]) -> dict[int, Patron]:
    """Locks the accounts of those patrons who have one, in the order of their ids; returns them by patron."""
    accounts = Patron.objects.select_for_update().filter(pk__among=patrons).order_by("pk")
    return {account.pk: account for account in accounts}


def lock_singles(patrons: Collection[int]) -> list[int]:
    """Locks the same accounts, and returns those of patrons who have no family: one statement, without their rows."""
    return [patron for patron, family in _locked_accounts(patrons) if family is None] if patrons else []


@composed
def _locked_accounts(patrons: Collection[int]) -> Rows:
    return Patron.objects.select_for_update().filter(pk__among=patrons).order_by("pk").values_list("pk", "family")


def lock_accounts(patrons: Collection[int]) -> dict[int, Patron]:
    """Locks patrons' accounts in the order of their ids, opening those whose `PatronRegistered` has not come yet;
    returns them by patron."""
    accounts = lock_known_accounts(patrons)
    if missing := set(patrons) - accounts.keys():
        Patron.objects.bulk_create([Patron(pk=patron) for patron in sorted(missing)], ignore_conflicts=True)
        accounts = lock_known_accounts(patrons)
    return accounts


def lock_accounts_of(loans: Sequence[int]) -> None:
    """Locks the accounts of the patrons of many loans in the order of their ids, without reading one. SQLite's
    transaction locks all."""
    if connection_of("lending").vendor == "postgresql":
        with connection_of("lending").cursor() as cursor:
            cursor.execute(LOCK.format(among=among()), [ids_in_sql(loans)])


def lock_loans(loans: Collection[int]) -> tuple[dict[int, Loan], set[int]]:
    """Those of these loans that have lines, with all of them, read after their patrons' accounts were locked in the
    order of their ids; without what is nobody's. With them those of their books that somebody may wait for and whose
    queue is locked now, too: one that somebody else has locked is not waited for."""
    accounts = _accounts(_locked_accounts_with(loans)) if loans else {}
    read, queues = loans_with_queues(loans) if accounts else ([], set())
    found = {loan.pk: loan for loan in read if loan.patron_id in accounts}
    for loan in found.values():
        loan.account = accounts[loan.holder]
    return found, queues


def lock_loan(loan_id: int, *, of_patron: int | None = None) -> Loan:
    """The loan and all its lines, read after its patron's account was locked.

    Raises `Loan.DoesNotExist`, also for another patron's than `of_patron`, if one is named.
    """
    theirs = _locked_accounts_with([loan_id]) if of_patron is None else _locked_account_with([loan_id], of_patron)
    account = next(iter(_accounts(theirs).values()), None) or _without_account(_its_row(loan_id, of_patron))
    loan = next(iter(loans_with_lines([loan_id])), None) or _its_row(loan_id, of_patron)
    loan.account = account
    return loan


def _its_row(loan_id: int, of_patron: int | None) -> Loan:
    """The loan without lines. Raises `Loan.DoesNotExist`, also for another patron's."""
    loan = Loan.objects.get(pk=loan_id, **({"patron": of_patron} if of_patron is not None else {}))
    loan.all_lines = []
    return loan


def _accounts(rows: Iterable[tuple[Any, ...]]) -> dict[int, Patron]:
    """The accounts, by patron."""
    return {row[0]: Patron.from_db(database_of("lending"), ACCOUNT, row) for row in rows}


def _without_account(loan: Loan) -> Patron:
    """Locks the account of a loan's patron of whom lending had not heard. Of one that is nobody's there is none."""
    if loan.patron_id:
        lock_accounts([loan.patron_id])
    return Patron(pk=loan.patron_id)


@composed
def _locked_accounts_with(loans: Collection[int]) -> Rows:
    theirs = Loan.objects.filter(pk__among=loans).values("patron")
    return Patron.objects.select_for_update().filter(pk__in=theirs).order_by("pk").values_list(*ACCOUNT)


@composed
def _locked_account_with(loans: Collection[int], patron: int) -> Rows:
    own = Loan.objects.filter(pk__among=loans, patron=patron).values("patron")
    return Patron.objects.select_for_update().filter(pk__in=own).values_list(*ACCOUNT)


def save_next_version(loan: Loan) -> None:
    """Saves a changed loan under the version that its next event will carry."""
    loan.version += 1
    loan.save(force_update=True)


def lock_queues(books: Collection[int]) -> None:
    """Locks the queues of these books in the order of their ids, opening those that nobody locked before. Whoever
    brings a copy that a hold could take, or changes a hold, does it behind this lock. SQLite's transaction locks them
    all."""
    if connection_of("lending").vendor == "sqlite":
        return
    if missing := set(books) - {book for (book,) in _locked_queues(books)}:
        Queue.objects.bulk_create([Queue(pk=book) for book in sorted(missing)], ignore_conflicts=True)
        _locked_queues(books)


@composed
def _locked_queues(books: Collection[int]) -> Rows:
    return Queue.objects.select_for_update().filter(pk__among=books).order_by("pk").values_list("pk")
