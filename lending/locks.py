"""The one lock order: patrons' accounts first, copies after them, everywhere. Everything here needs a transaction."""

from collections.abc import Collection

from lending.models import Loan, LoanLine, Patron


def lock_known_accounts(patrons: Collection[int]) -> set[int]:
    """Locks the accounts of those patrons who have one, in the order of their ids; returns who that is."""
    accounts = Patron.objects.select_for_update().filter(pk__in=patrons).order_by("pk")
    return set(accounts.values_list("pk", flat=True))


def lock_accounts(patrons: Collection[int]) -> None:
    """Locks patrons' accounts in the order of their ids, opening those whose `PatronRegistered` has not come yet."""
    if missing := set(patrons) - lock_known_accounts(patrons):
        Patron.objects.bulk_create([Patron(pk=patron) for patron in sorted(missing)], ignore_conflicts=True)
        lock_known_accounts(patrons)


def lock_loan(loan_id: int, *, of_patron: int | None = None) -> Loan:
    """The loan and all its lines, read after its patron's account was locked.

    Raises `Loan.DoesNotExist`, also for another patron's than `of_patron`, if one is named.
    """
    own = Loan.objects.filter(pk=loan_id, **({"patron": of_patron} if of_patron is not None else {}))
    account = Patron.objects.select_for_update().filter(pk__in=own.values("patron")).first()
    if account is None:
        lock_accounts([patron_id := own.get().patron_id])
        account = Patron(pk=patron_id)
    lines = list(LoanLine.objects.select_related("loan__terms", "copy").filter(loan=loan_id).order_by("pk"))
    loan = lines[0].loan if lines else own.get()
    loan.all_lines, loan.account = lines, account
    return loan


def save_next_version(loan: Loan) -> None:
    """Saves a changed loan under the version that its next event will carry."""
    loan.version += 1
    loan.save(force_update=True)
