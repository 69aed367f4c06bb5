"""Writing loans that are granted: who has which copies until when, under which rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from itertools import groupby

from django.utils import timezone

from kernel.eventbus.publishing.outbox import publish_many
from kernel.storage.bulk import insert_rows
from kernel.storage.databases import after_commit_in, database_of
from kernel.values.groups import age_group
from lending.events import BookBorrowed
from lending.metrics import LOANS
from lending.models import Copy, Loan
from lending.policies.due_dates import due_date
from lending.policies.eligibility import Eligibility
from lending.policies.table import Decision
from lending.policies.terms import kept_terms
from lending.stock.copies import lend_out
from lending.stock.shelf import prices_of, shelf_of


@dataclass(frozen=True, kw_only=True)
class Granted:
    """A loan with the copies that were taken for it, and the policy that it keeps. `due_on` is a term typed for it."""

    loan: Loan
    patron: Eligibility
    copies: Sequence[Copy]
    decision: Decision
    due_on: date | None = None


def grant(granted: Sequence[Granted], *, now: datetime, borrowed_on: date | None = None) -> None:
    """Writes the loans and announces them; `borrowed_on` is the day of loans that are recorded later."""
    borrowed_at, day = now, timezone.localdate(now)
    if borrowed_on and borrowed_on != day:
        borrowed_at, day = timezone.make_aware(datetime.combine(borrowed_on, time())), borrowed_on
    terms = kept_terms({one.decision: one.loan.trace for one in reversed(granted)}, now)
    for one in granted:
        loan, last_day = one.loan, one.patron.borrower.expires_on
        loan.status, loan.borrowed_at, loan.terms_id = Loan.Status.ACTIVE, borrowed_at, terms[one.decision]
        loan.due_on = one.due_on or due_date(
            one.patron.calendar, one.decision.rules.loan, borrowed_on=day, last_day=last_day
        )
        loan.volume = one.copies[0].volume
        loan.title, loan.version = loan.title or one.copies[0].book.title, loan.version + 1

    _save([one.loan for one in granted])
    for line in lend_out([(one.loan, one.copies, one.decision.rules.items) for one in granted]):
        line.loan.all_lines = [*vars(line.loan).get("all_lines", []), line]

    publish_many((_borrowed(one, now, day) for one in granted), [one.loan.trace for one in granted])
    after_commit_in("lending", partial(LOANS.inc, len(granted)))


def _borrowed(granted: Granted, now: datetime, day: date) -> BookBorrowed:
    loan, decision = granted.loan, granted.decision
    return BookBorrowed(
        **loan.facts(now, outstanding=loan.quantity),
        shelf=shelf_of(granted.copies, loan.pk),
        category=decision.category,
        age_group=age_group(granted.patron.borrower.born_on, day),
        main_class=granted.copies[0].book.main_class,
        borrowed_on=day,
        copy_type=decision.copy_type,
        prices=prices_of(granted.copies),
    )


def _save(loans: Sequence[Loan]) -> None:
    """New loans with one statement, and those that were requested before with another for each due date."""
    requested = sorted((loan for loan in loans if loan.pk), key=_what_is_new)
    insert_rows([loan for loan in loans if not loan.pk], database_of("lending"))
    for (due_on, terms, version, volume), some in groupby(requested, key=_what_is_new):
        alike = list(some)
        Loan.objects.filter(pk__in=[loan.pk for loan in alike]).update(
            status=alike[0].status,
            borrowed_at=alike[0].borrowed_at,
            due_on=due_on,
            terms=terms,
            version=version,
            volume=volume,
        )


def _what_is_new(loan: Loan) -> tuple[date, int, int, str]:
    assert loan.due_on, "every loan that is granted has one"
    assert loan.terms_id, "and keeps rules"
    return loan.due_on, loan.terms_id, loan.version, loan.volume
