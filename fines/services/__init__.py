"""What may be done with fees, fines and the accounts of patrons. Amounts are whole numbers of the currency's smallest
unit."""

from fines.schedules.services import adopt_fee_schedule, revoke_fee_schedule
from fines.services.accounts import AccountMoved, lock_account_as_seen
from fines.services.anonymising import erase_payer, release_fines
from fines.services.buy_off import NothingToBuyOff, Rest, buy_off_suspension, rest_of_suspension
from fines.services.charges import (
    cancel_charge_of_return,
    cancel_imported_fee,
    cancel_replacement_charge,
    charge_for_lost_copy,
    charge_imported_fee,
    charge_late_fee,
)
from fines.services.credit import OverRefund, pay_out, refund_fine
from fines.services.payments import (
    AlreadyReversed,
    NothingOwed,
    Overpayment,
    PaidOut,
    pay_account,
    pay_fine,
    reverse_payment,
    waive_fine,
)
from fines.till.services import DifferenceUnexplained, TillClosed, TillOpen, close_till, reopen_till

__all__ = [
    "AccountMoved",
    "AlreadyReversed",
    "DifferenceUnexplained",
    "NothingOwed",
    "NothingToBuyOff",
    "OverRefund",
    "Overpayment",
    "PaidOut",
    "Rest",
    "TillClosed",
    "TillOpen",
    "adopt_fee_schedule",
    "buy_off_suspension",
    "cancel_charge_of_return",
    "cancel_imported_fee",
    "cancel_replacement_charge",
    "charge_for_lost_copy",
    "charge_imported_fee",
    "charge_late_fee",
    "close_till",
    "erase_payer",
    "lock_account_as_seen",
    "pay_account",
    "pay_fine",
    "pay_out",
    "refund_fine",
    "release_fines",
    "reopen_till",
    "rest_of_suspension",
    "reverse_payment",
    "revoke_fee_schedule",
    "waive_fine",
]
