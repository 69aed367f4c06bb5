"""What may be done with fees, fines and the accounts of patrons. Amounts are whole numbers of the currency's smallest
unit."""

from fines.schedules.services import adopt_fee_schedule, revoke_fee_schedule
from fines.services.anonymising import erase_payer, release_fines
from fines.services.buy_off import NothingToBuyOff, buy_off_suspension
from fines.services.charges import (
    cancel_charge_of_return,
    cancel_replacement_charge,
    charge_for_lost_copy,
    charge_late_fee,
)
from fines.services.credit import OverRefund, pay_out, refund_fine
from fines.services.payments import (
    AlreadyReversed,
    NothingOwed,
    Overpayment,
    pay_account,
    pay_fine,
    reverse_payment,
    waive_fine,
)

__all__ = [
    "AlreadyReversed",
    "NothingOwed",
    "NothingToBuyOff",
    "OverRefund",
    "Overpayment",
    "adopt_fee_schedule",
    "buy_off_suspension",
    "cancel_charge_of_return",
    "cancel_replacement_charge",
    "charge_for_lost_copy",
    "charge_late_fee",
    "erase_payer",
    "pay_account",
    "pay_fine",
    "pay_out",
    "refund_fine",
    "release_fines",
    "reverse_payment",
    "revoke_fee_schedule",
    "waive_fine",
]
