"""What the rules of lending refuse, each with its sentence."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from kernel.refusals import Behind, Refused

WHO_HAS_IT = Behind("admin:lending_loan_change", "lending.view_loan", "loan", _("who has it"))
"""The loan that has a copy, for who may see it; its id is the fact `loan`."""


class CardClosed(Refused):
    code = "card_closed"
    sentence = _("This card is closed.")
    is_final = True


class CardExpired(Refused):
    code = "card_expired"
    sentence = _("The card's last day was %(expires_on)s.")


class CardLost(Refused):
    code = "card_lost"
    sentence = _("This card is reported lost: it has to be replaced first.")


class PatronBlocked(Refused):
    code = "patron_blocked"
    sentence = _("Borrowing is blocked until fines are paid: %(owed)s are owed, the limit is %(limit)s.")
    amounts = ("owed", "limit")


class PatronBarred(Refused):
    code = "patron_blocked"
    sentence = _("The library has blocked this card: please ask at the desk.")


class PatronBarredUntil(PatronBarred):
    sentence = _("The library has blocked this card until %(until)s: please ask at the desk.")


class Suspended(Refused):
    code = "suspended"
    sentence = _("Something came back late: nothing is lent until %(until)s, the last day.")


class OverdueCopies(Refused):
    code = "overdue_copies"
    sentence = ngettext_lazy(
        "%(copies)s copy is overdue (days late: %(days)s): it must come back first.",
        "%(copies)s copies are overdue (days late of the oldest: %(days)s): they must come back first.",
        "copies",
    )


class LoanLimitReached(Refused):
    code = "loan_limit_reached"
    sentence = ngettext_lazy(
        "A patron may have %(limit)s copy out; out or asked for already: %(out)s.",
        "A patron may have %(limit)s copies out; out or asked for already: %(out)s.",
        "limit",
    )


class FamilyLimitReached(LoanLimitReached):
    sentence = ngettext_lazy(
        "The family may have %(limit)s copy out together; out or asked for already: %(out)s.",
        "The family may have %(limit)s copies out together; out or asked for already: %(out)s.",
        "limit",
    )


class LoanLimitWithItems(LoanLimitReached):
    sentence = ngettext_lazy(
        "A patron may have %(limit)s copy out, accompanying items counted; "
        "out or asked for already: %(out)s, and this makes %(more)s more.",
        "A patron may have %(limit)s copies out, accompanying items counted; "
        "out or asked for already: %(out)s, and this makes %(more)s more.",
        "limit",
    )


class FamilyLimitWithItems(LoanLimitReached):
    sentence = ngettext_lazy(
        "The family may have %(limit)s copy out together, accompanying items counted; "
        "out or asked for already: %(out)s, and this makes %(more)s more.",
        "The family may have %(limit)s copies out together, accompanying items counted; "
        "out or asked for already: %(out)s, and this makes %(more)s more.",
        "limit",
    )


class TypeLimitReached(Refused):
    code = "type_limit_reached"
    sentence = ngettext_lazy(
        "A patron may have %(limit)s copy of this type out; out already: %(out)s.",
        "A patron may have %(limit)s copies of this type out; out already: %(out)s.",
        "limit",
    )


class TypeLimitWithItems(TypeLimitReached):
    sentence = ngettext_lazy(
        "A patron may have %(limit)s copy of this type out, accompanying items counted; "
        "out already: %(out)s, and this makes %(more)s more.",
        "A patron may have %(limit)s copies of this type out, accompanying items counted; "
        "out already: %(out)s, and this makes %(more)s more.",
        "limit",
    )


class NotForLoan(Refused):
    code = "not_for_loan"
    sentence = _("This is not for loan to this patron.")


class CopyNotForLoan(NotForLoan):
    sentence = _("The copy %(barcode)s is not for loan.")


class TooSoonAgain(Refused):
    code = "too_soon_again"
    sentence = _("This patron brought the same copy back on %(back_on)s and may borrow it again from %(from_day)s on.")


class NeverAgain(TooSoonAgain):
    sentence = _("This patron has had the same copy before and may not borrow it again.")


class FamilyTooSoonAgain(TooSoonAgain):
    sentence = _("The family brought the same copy back on %(back_on)s and may borrow it again from %(from_day)s on.")


class FamilyNeverAgain(TooSoonAgain):
    sentence = _("The family has had the same copy before and may not borrow it again.")


class OutOfStock(Refused):
    code = "out_of_stock"
    sentence = _("There are not enough copies: %(wanted)s asked for, %(available)s can be borrowed now.")
    shown = ("available", "loan")
    is_final = True


class CopyOutOfStock(OutOfStock):
    sentence = _("The copy %(barcode)s can't be lent: it is on loan or withdrawn.")
    behind = WHO_HAS_IT


class HeldForAnother(Refused):
    code = "held_for_another"
    sentence = _("The copies that are there are held for other patrons.")


class CopyHeldForAnother(HeldForAnother):
    sentence = _("The copy %(barcode)s is held for another patron.")


class CopyNotLendable(Refused):
    code = "copy_not_lendable"
    sentence = _("The copy %(barcode)s is not on its shelf.")
    is_final = True
