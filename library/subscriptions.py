"""Who listens to what: the one table of the event bus. Each event is listed with its handlers."""

from collections.abc import Mapping, Sequence

from django.db.models import Model

from accounts import handlers as accounts
from accounts.events import PatronRegistered, PatronRevised
from catalog import handlers as catalog
from catalog.events import BookRegistered, BookRevised, BookWithdrawn, CopyAdded, CopyRevised, CopyWithdrawn
from dashboard import handlers as dashboard
from dashboard.services import PAGES
from fines import handlers as fines
from fines.events import (
    CreditPaidOut,
    FeeScheduleAdopted,
    FeeScheduleRevoked,
    FineCancelled,
    FineCharged,
    FinePaid,
    FineRefunded,
    FineReopened,
    FinesAnonymised,
    FineWaived,
    MoneyAnonymised,
    PaymentReversed,
    PaymentTaken,
    SuspensionBoughtOff,
)
from kernel.eventbus.events import DomainEvent
from kernel.eventbus.registry import Handler
from lending import handlers as lending
from lending.events import (
    BlockLifted,
    BookBorrowed,
    BookExpired,
    BookReturned,
    CalendarChanged,
    CopyConditionChanged,
    CopyFound,
    CopyLost,
    CopyReplaced,
    CopySubstituted,
    DueDateChanged,
    FamilyChanged,
    HoldCancelled,
    HoldCollected,
    HoldExpired,
    HoldMoved,
    HoldPlaced,
    HoldReady,
    HoldResumed,
    HoldSuspended,
    LoanCancelled,
    LoanRenewed,
    LoansAnonymised,
    LoanUndone,
    PatronBlocked,
    PatronErased,
    PatronSuspended,
    PolicyAdopted,
    PolicyDropped,
    RenewalUndone,
    ReturnUndone,
    SuspensionLifted,
    SuspensionsAnonymised,
    TermsKept,
    UnpaidFeeDropped,
    UnpaidFeeImported,
)
from reporting import handlers as reporting
from reporting.services import FACTS_AND_COUNTS

SUBSCRIPTIONS: Mapping[type[DomainEvent], Sequence[Handler]] = {
    PatronRegistered: [lending.open_account, dashboard.open_page, reporting.count_patrons],
    PatronRevised: [],
    #
    BookRegistered: [lending.take_in_book, reporting.count_holdings],
    BookRevised: [lending.take_in_book, reporting.count_holdings],
    BookWithdrawn: [lending.take_in_book, reporting.count_holdings],
    CopyAdded: [lending.take_in_copy, reporting.count_holdings],
    CopyRevised: [lending.take_in_copy, reporting.count_holdings],
    CopyWithdrawn: [lending.give_up_copy, reporting.count_holdings],
    #
    BookBorrowed: [catalog.follow_copies, dashboard.show_loan, reporting.count_loans],
    BookReturned: [catalog.follow_copies, fines.charge_late_fee, dashboard.show_loan, reporting.count_loans],
    BookExpired: [dashboard.show_loan],
    LoanCancelled: [catalog.follow_copies, dashboard.show_loan, reporting.count_loans],
    LoanRenewed: [dashboard.show_loan, reporting.count_loans],
    CopySubstituted: [catalog.follow_copies, dashboard.show_loan],
    CopyLost: [catalog.follow_copies, fines.charge_lost_copy, dashboard.show_loan],
    CopyFound: [catalog.follow_copies, fines.charge_lost_copy, dashboard.show_loan],
    CopyReplaced: [catalog.follow_copies, fines.charge_lost_copy, dashboard.show_loan],
    CopyConditionChanged: [catalog.follow_copies, dashboard.show_loan],
    ReturnUndone: [catalog.follow_copies, fines.charge_late_fee, dashboard.show_loan, reporting.count_loans],
    LoanUndone: [catalog.follow_copies, dashboard.show_loan, reporting.count_loans],
    RenewalUndone: [dashboard.show_loan, reporting.count_loans],
    TermsKept: [dashboard.learn_terms],
    PolicyAdopted: [],
    PolicyDropped: [],
    DueDateChanged: [dashboard.show_loan],
    CalendarChanged: [dashboard.learn_calendar],
    PatronSuspended: [fines.know_suspension, dashboard.show_suspension],
    SuspensionLifted: [fines.know_suspension, dashboard.show_suspension],
    PatronBlocked: [],
    BlockLifted: [],
    UnpaidFeeImported: [fines.charge_imported_fee],
    UnpaidFeeDropped: [fines.charge_imported_fee],
    FamilyChanged: [],
    PatronErased: [accounts.forget_person, fines.forget_payer, dashboard.open_page, reporting.count_patrons],
    LoansAnonymised: [fines.forget_borrowers, dashboard.forget_borrowers],
    SuspensionsAnonymised: [fines.know_suspension, dashboard.show_suspension],
    HoldPlaced: [catalog.follow_copies, dashboard.show_hold],
    HoldMoved: [catalog.follow_copies, dashboard.show_hold],
    HoldSuspended: [catalog.follow_copies, dashboard.show_hold],
    HoldResumed: [catalog.follow_copies, dashboard.show_hold],
    HoldReady: [catalog.follow_copies, dashboard.show_hold],
    HoldCollected: [catalog.follow_copies, dashboard.show_hold],
    HoldCancelled: [catalog.follow_copies, dashboard.show_hold],
    HoldExpired: [catalog.follow_copies, dashboard.show_hold],
    #
    FineCharged: [lending.note_debt, dashboard.show_fine, reporting.count_money],
    FinePaid: [lending.note_debt, dashboard.show_fine],
    FineWaived: [lending.note_debt, dashboard.show_fine, reporting.count_money],
    FineCancelled: [lending.note_debt, dashboard.show_fine, reporting.count_money],
    FineRefunded: [lending.note_debt, dashboard.show_fine, reporting.count_money],
    FineReopened: [lending.note_debt, dashboard.show_fine],
    PaymentTaken: [lending.note_credit, dashboard.show_credit],
    PaymentReversed: [lending.note_credit, dashboard.show_credit],
    CreditPaidOut: [lending.note_credit, dashboard.show_credit],
    MoneyAnonymised: [lending.note_credit, dashboard.show_credit],
    FinesAnonymised: [lending.forget_debts, dashboard.forget_payers],
    SuspensionBoughtOff: [lending.end_bought_suspension],
    FeeScheduleAdopted: [dashboard.learn_fees],
    FeeScheduleRevoked: [dashboard.learn_fees],
}

READ_MODELS: Mapping[str, Sequence[type[Model]]] = {"dashboard": PAGES, "reporting": FACTS_AND_COUNTS}
"""Contexts that are built from events alone, with the tables that `manage.py replay --from-empty` empties first."""
