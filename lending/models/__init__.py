"""Which copy is where, who has it, until when. Books, copies, patrons and debts are known from others' events."""

from lending.in_force import OPEN
from lending.models.blocks import Block
from lending.models.calendar import CalendarRule, CalendarVersion, Closure, DueDateMove, Opening
from lending.models.due_dates import DueDateAct
from lending.models.fees import ImportedFee, digest_of_fee
from lending.models.history import Act
from lending.models.holds import IN_QUEUE, Hold, PickupMove, Queue
from lending.models.imports import LoanImport
from lending.models.loans import Loan, LoanLine
from lending.models.patrons import Credit, Debt, Family, Patron
from lending.models.policies import BEGINNING, Policy, PolicyChange, RulesVersion, Terms
from lending.models.requests import trace_fields
from lending.models.returns import Return
from lending.models.stock import LENDABLE, MAY_BE_LENT, Book, Copy
from lending.models.work import DeferredReturn, FailedAttempt, Lease, Sweep

__all__ = [
    "BEGINNING",
    "IN_QUEUE",
    "LENDABLE",
    "MAY_BE_LENT",
    "OPEN",
    "Act",
    "Block",
    "Book",
    "CalendarRule",
    "CalendarVersion",
    "Closure",
    "Copy",
    "Credit",
    "Debt",
    "DeferredReturn",
    "DueDateAct",
    "DueDateMove",
    "FailedAttempt",
    "Family",
    "Hold",
    "ImportedFee",
    "Lease",
    "Loan",
    "LoanImport",
    "LoanLine",
    "Opening",
    "Patron",
    "PickupMove",
    "Policy",
    "PolicyChange",
    "Queue",
    "Return",
    "RulesVersion",
    "Sweep",
    "Terms",
    "digest_of_fee",
    "trace_fields",
]
