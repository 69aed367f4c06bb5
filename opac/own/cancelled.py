"""What a patron is told of a loan that came to nothing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext_lazy as _

from lending.models import Loan

Reason = Loan.CancelReason
LATELY = timedelta(days=1)
MOST = 20
ASIDE = {Reason.BY_PATRON, Reason.BY_LIBRARY, Reason.COPY_WITHDRAWN}
"""What no rule of lending is against: it is called cancelled, and not refused."""


@dataclass(frozen=True)
class Words:
    """The sentence, and the page that helps: its name among the site's addresses, and what the link says."""

    sentence: Any
    page: str = ""
    link: Any = ""


LOANS, FEES = ("opac:me", _("My loans")), ("opac:fees", _("Fees"))
WHY: dict[str, Words] = {
    Reason.BY_PATRON: Words(_("You cancelled this request. You can borrow the book at any time.")),
    Reason.BY_LIBRARY: Words(_("The library cancelled this. Please ask at the desk if you want to know more.")),
    Reason.COPY_WITHDRAWN: Words(
        _("The library took the copy out of its collection. Please ask at the desk if you still have it.")
    ),
    Reason.OUT_OF_STOCK: Words(
        _("When it was your turn, others had taken the last copy. See on the book's page when one is due back.")
    ),
    Reason.HELD_FOR_ANOTHER: Words(_("The copies that are there are held for others, who came before you.")),
    Reason.LOAN_LIMIT_REACHED: Words(
        _("You have as many books out as the rules allow. Return one, and borrow this one then."), *LOANS
    ),
    Reason.TYPE_LIMIT_REACHED: Words(
        _("You have as many copies of this kind out as the rules allow. Return one, and borrow this one then."), *LOANS
    ),
    Reason.OVERDUE_COPIES: Words(
        _("Something that you have out is overdue. Return it, and borrow this one then."), *LOANS
    ),
    Reason.SUSPENDED: Words(_("Something came back late, so nothing is lent to you for some days."), *LOANS),
    Reason.PATRON_BLOCKED: Words(
        _(
            "Your fees are too high for another loan, or the library has blocked your card. Pay them at the desk, or"
            " ask there, and borrow this book then."
        ),
        *FEES,
    ),
    Reason.CARD_CLOSED: Words(_("This card is closed. Please ask at the desk.")),
    Reason.CARD_EXPIRED: Words(_("Your card has expired. Please ask at the desk, and borrow this book then.")),
    Reason.CARD_LOST: Words(_("Your card is reported lost. Please have it replaced at the desk.")),
    Reason.NOT_FOR_LOAN: Words(_("It is not for loan with your card. You may ask for it at the desk.")),
    Reason.TOO_SOON_AGAIN: Words(_("You have had this book before, and may not borrow it again now.")),
    Reason.NO_OPEN_DAY: Words(_("The calendar has no open day on which it could be brought back.")),
    Reason.VOLUME_NEEDED: Words(_("There are several volumes of it. Say on its page which one you want.")),
    Reason.BOOK_WITHDRAWN: Words(_("The library does not have this book any more.")),
}


def words_of(loan: Loan) -> dict[str, Any]:
    """What the page of a cancelled loan shows of it."""
    return {"why_not": WHY.get(loan.cancel_reason), "is_refused": loan.cancel_reason not in ASIDE}


def refused_lately(patron_id: int, now: datetime, open_books: Collection[int]) -> list[Any]:
    """What a patron asked for within the last day and was refused, each loan with `why_not`; without books that the
    patron has, or has asked for, since."""
    asked = Loan.objects.filter(patron=patron_id, status=Loan.Status.CANCELLED, requested_at__gt=now - LATELY)
    # Ordered here: with an end to them, the database may look through all cancelled loans for so many of one patron.
    found: list[Any] = sorted(asked.exclude(cancel_reason__in=ASIDE), key=attrgetter("pk"), reverse=True)
    for loan in found[:MOST]:
        loan.why_not = WHY.get(loan.cancel_reason)
    return [loan for loan in found[:MOST] if loan.book_id not in open_books]
