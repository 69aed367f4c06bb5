"""Loans, the copies of each, and what came back."""

from datetime import datetime
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lending.events import facts_of
from lending.models.patrons import PEOPLE, Patron
from lending.models.policies import Terms
from lending.models.requests import TracedRequest
from lending.models.stock import Book, Copy


class Loan(TracedRequest):
    """One patron, one book, one or more copies, one due date."""

    all_lines: list["LoanLine"]  # with their copies, where the loan was made ready to be shown
    account: Patron  # where it was locked

    class Status(models.TextChoices):
        REQUESTED = "requested", _("requested")
        ACTIVE = "active", _("on loan")
        RETURNED = "returned", _("returned")
        CANCELLED = "cancelled", _("cancelled")

    class CancelReason(models.TextChoices):
        NONE = "", _("not cancelled")
        CARD_CLOSED = "card_closed", _("the card is closed")
        CARD_EXPIRED = "card_expired", _("the card has expired")
        CARD_LOST = "card_lost", _("the card is reported lost")
        PATRON_BLOCKED = "patron_blocked", _("the patron is blocked, or owes too much")
        SUSPENDED = "suspended", _("the patron is suspended for late returns")
        OVERDUE_COPIES = "overdue_copies", _("the patron has overdue copies")
        LOAN_LIMIT_REACHED = "loan_limit_reached", _("the patron has as many copies out as the rules allow")
        TYPE_LIMIT_REACHED = (
            "type_limit_reached",
            _("the patron has as many copies of the type out as is allowed"),
        )
        NOT_FOR_LOAN = "not_for_loan", _("it is not for loan to this patron")
        TOO_SOON_AGAIN = "too_soon_again", _("the patron has only just brought it back")
        NO_OPEN_DAY = "no_open_day", _("the library has no open day to bring it back on")
        OUT_OF_STOCK = "out_of_stock", _("there was no copy left")
        HELD_FOR_ANOTHER = "held_for_another", _("it is held for another patron")
        VOLUME_NEEDED = "volume_needed", _("it was not said which volume")
        BOOK_WITHDRAWN = "book_not_found", _("the book left the catalogue")
        COPY_WITHDRAWN = "copy_withdrawn", _("the copy was withdrawn from the catalogue")
        BY_LIBRARY = "by_library", _("taken back by a librarian, as if it had not been made")
        BY_PATRON = "by_patron", _("called off before it was decided")

    patron = models.ForeignKey(
        PEOPLE,
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("patron"),
    )
    """Null once the loan is nobody's any more."""
    book = models.ForeignKey(Book, models.PROTECT, related_name="loans", db_index=False, verbose_name=_("book"))
    title = models.CharField(_("title"), max_length=1000, help_text=_("As it was when the loan was made."))
    volume = models.CharField(_("volume"), max_length=50, blank=True, default="", db_default="")
    quantity = models.PositiveSmallIntegerField(_("quantity"), validators=[MinValueValidator(1)])
    status = models.CharField(_("status"), max_length=10, choices=Status)
    requested_at = models.DateTimeField(_("requested at"))
    borrowed_at = models.DateTimeField(_("borrowed at"), null=True)
    due_on = models.DateField(_("due on"), null=True)
    returned_at = models.DateTimeField(_("returned at"), null=True)
    expired_at = models.DateTimeField(_("announced as overdue at"), null=True)
    renewals = models.PositiveSmallIntegerField(_("renewals"), default=0)
    cancel_reason = models.CharField(
        _("reason of cancelling"), max_length=20, choices=CancelReason, blank=True, default=CancelReason.NONE
    )
    reasons = models.JSONField(_("all reasons of cancelling"), default=list, db_default=[], blank=True, editable=False)
    terms = models.ForeignKey(
        Terms, models.PROTECT, null=True, related_name="loans", db_index=False, verbose_name=_("terms")
    )
    version = models.PositiveIntegerField(_("version"), default=0, editable=False)

    class Meta:
        verbose_name = _("loan")
        verbose_name_plural = _("loans")
        permissions = [
            ("override", "Can decide against a rule of lending, with a reason"),
            ("import_loans", "Can take open loans in from files of other systems"),
        ]
        constraints = (
            models.CheckConstraint(condition=Q(quantity__gte=1), name="loan_of_one_copy_or_more"),
            models.CheckConstraint(
                condition=~Q(status__in=["active", "returned"]) | Q(borrowed_at__isnull=False, due_on__isnull=False),
                name="a_loan_has_a_due_date",
            ),
        )
        indexes = (
            models.Index(fields=["patron"], name="loans_of_patron"),  # before the next: SQLite takes the last one made
            models.Index(fields=["patron"], condition=Q(status__in=["requested", "active"]), name="loan_open"),
            models.Index(fields=["due_on", "id"], condition=Q(status="active", expired_at=None), name="loan_to_expire"),
            models.Index(fields=["id"], condition=Q(status="requested"), name="loan_to_decide"),
            models.Index(fields=["due_on"], condition=Q(status="active"), name="loan_due"),
            models.Index(fields=["borrowed_at"], name="loan_made"),
            models.Index(fields=["id"], condition=Q(status="cancelled"), name="loan_cancelled"),
            models.Index(
                fields=["id"],
                condition=Q(status__in=["returned", "cancelled"]) & ~Q(patron=None),
                name="loan_closed",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def facts(self, now: datetime, outstanding: int) -> dict[str, Any]:
        """What every event about the loan tells of it; `outstanding` is how many of its copies are out."""
        if not outstanding:
            return facts_of(self, now, outstanding)
        read: list[LoanLine] | None = vars(self).get("all_lines")
        return facts_of(self, now, outstanding, self.lines.all() if read is None else read)

    @property
    def holder(self) -> int:
        """The patron's id. None but closed loans are nobody's, so that whoever asks about another one has an answer."""
        assert self.patron_id is not None, "a loan that is not closed is somebody's"
        return self.patron_id


class LoanLine(models.Model):
    """One copy of a loan. The line is open while the copy is out; a copy has one open line at the most."""

    class Ending(models.TextChoices):
        OPEN = "", _("still out")
        RETURNED = "returned", _("returned")
        CANCELLED = "cancelled", _("cancelled")
        SUBSTITUTED = "substituted", _("another copy took its place")
        LOST = "lost", _("lost")

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="lines", verbose_name=_("loan"))
    copy = models.ForeignKey(Copy, models.PROTECT, related_name="lines", verbose_name=_("copy"))
    items = models.PositiveSmallIntegerField(_("accompanying items"), default=0, db_default=0)
    """How many went along with the copy."""
    ending = models.CharField(_("ending"), max_length=12, choices=Ending, blank=True, default=Ending.OPEN)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    claimed_on = models.DateField(_("claimed to be returned on"), null=True)
    """The last day that counts as late, where the patron says that it was brought back."""
    lost_on = models.DateField(_("lost on"), null=True)
    settled_at = models.DateTimeField(_("found or replaced at"), null=True)
    """When a lost copy was found or replaced."""
    brought_back = models.ForeignKey(
        "Return", models.PROTECT, null=True, db_index=False, related_name="lines", verbose_name=_("return")
    )

    class Meta:
        verbose_name = _("copy of a loan")
        verbose_name_plural = _("copies of loans")
        constraints = (models.UniqueConstraint(fields=["copy"], condition=Q(ending=""), name="one_open_line_per_copy"),)
        indexes = (
            models.Index(fields=["loan"], condition=Q(ending="", claimed_on__isnull=False), name="line_claimed"),
            models.Index(fields=["loan"], condition=Q(ending="", items__gt=0), name="line_with_items"),
            models.Index(fields=["ended_at", "id"], condition=Q(ending="lost"), name="line_lost"),
        )

    def __str__(self) -> str:
        return f"{self.loan_id}: {self.copy_id}"
