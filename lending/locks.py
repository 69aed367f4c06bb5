"""The one lock order: a patron's account first, copies after it, everywhere. Everything here needs a transaction."""

from lending.models import Loan, Patron


def lock_account(patron_id: int) -> None:
    """Locks a patron's account, opening it if `PatronRegistered` has not come yet. Needs a transaction."""
    accounts = Patron.objects.select_for_update().filter(pk=patron_id)
    if not accounts:
        Patron.objects.get_or_create(pk=patron_id)
        accounts.get()


def lock_loan(loan_id: int) -> Loan:
    """The loan, read after its patron's account was locked. Raises `Loan.DoesNotExist`."""
    lock_account(Loan.objects.only("patron_id").get(pk=loan_id).patron_id)
    return Loan.objects.select_related("book").get(pk=loan_id)


def save_next_version(loan: Loan) -> None:
    """Saves a changed loan under the version that its next event will carry."""
    loan.version += 1
    loan.save()
