"""Which copy is where, who has it, until when. `Book`, `Copy`, `Patron`, `Debt` are known from others' events."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lending.events import story_of

LENDABLE = Q(on_loan=False, withdrawn=False)
PEOPLE = settings.AUTH_USER_MODEL  # in another database, it may be: no constraint leads there


class LoanPolicy(models.Model):
    """The rules of lending from one day on, until the next policy's day."""

    valid_from = models.DateField(_("valid from"), unique=True)
    loan_days = models.PositiveSmallIntegerField(_("loan period in days"), validators=[MinValueValidator(1)])
    max_copies = models.PositiveSmallIntegerField(_("copies out per patron"))
    max_renewals = models.PositiveSmallIntegerField(_("renewals per loan"))
    blocked_from = models.PositiveIntegerField(_("blocked from a debt of (KRW)"), validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = _("loan policy")
        verbose_name_plural = _("loan policies")

    def __str__(self) -> str:
        return str(self.valid_from)


class Patron(models.Model):
    """A patron's account at the lending desk: the row that everything done for one patron locks first."""

    user = models.OneToOneField(
        PEOPLE, models.PROTECT, related_name="+", db_constraint=False, primary_key=True, verbose_name=_("patron")
    )

    class Meta:
        verbose_name = _("lending account")
        verbose_name_plural = _("lending accounts")

    def __str__(self) -> str:
        return str(self.pk)


class Book(models.Model):
    """A title as lending knows it; `id` is the catalogue's."""

    id = models.BigIntegerField(primary_key=True)
    title = models.CharField(_("title"), max_length=1000)
    revision = models.PositiveIntegerField(_("revision"))
    withdrawn = models.BooleanField(_("withdrawn"), default=False)

    class Meta:
        verbose_name = _("book as lending knows it")
        verbose_name_plural = _("books as lending knows them")

    def __str__(self) -> str:
        return self.title


class Copy(models.Model):
    """A copy as lending knows it; `id` is the catalogue's. `moves` counts its comings and goings."""

    id = models.BigIntegerField(primary_key=True)
    book = models.ForeignKey(Book, models.PROTECT, related_name="copies", verbose_name=_("book"))
    barcode = models.CharField(_("barcode"), max_length=32, unique=True)
    on_loan = models.BooleanField(_("on loan"), default=False)
    withdrawn = models.BooleanField(_("withdrawn"), default=False)
    moves = models.PositiveIntegerField(_("moves"), default=0)

    class Meta:
        verbose_name = _("copy as lending knows it")
        verbose_name_plural = _("copies as lending knows them")
        indexes = (models.Index(fields=["book", "id"], condition=LENDABLE, name="lendable_copy"),)

    def __str__(self) -> str:
        return self.barcode


class Loan(models.Model):
    """One patron, one book, one or more copies, one due date."""

    all_lines: list["LoanLine"]  # with their copies, where the loan was made ready to be shown

    class Status(models.TextChoices):
        REQUESTED = "requested", _("requested")
        ACTIVE = "active", _("on loan")
        RETURNED = "returned", _("returned")
        CANCELLED = "cancelled", _("cancelled")

    class CancelReason(models.TextChoices):
        NONE = "", _("not cancelled")
        OUT_OF_STOCK = "out_of_stock", _("there was no copy left")
        LOAN_LIMIT_REACHED = "loan_limit_reached", _("the patron has as many copies out as the rules allow")
        PATRON_BLOCKED = "patron_blocked", _("the patron owes too much")
        BOOK_WITHDRAWN = "book_not_found", _("the book left the catalogue")
        COPY_WITHDRAWN = "copy_withdrawn", _("the copy was withdrawn from the catalogue")
        BY_PATRON = "by_patron", _("called off before it was decided")

    patron = models.ForeignKey(PEOPLE, models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("patron"))
    book = models.ForeignKey(Book, models.PROTECT, related_name="loans", verbose_name=_("book"))
    title = models.CharField(_("title"), max_length=1000, help_text=_("As it was when the loan was made."))
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
    version = models.PositiveIntegerField(_("version"), default=0, editable=False)
    request_id = models.UUIDField(null=True, editable=False)  # of the request that asked for it, for what follows later

    class Meta:
        verbose_name = _("loan")
        verbose_name_plural = _("loans")
        permissions = [("override", "Can decide against a rule of lending, with a reason")]
        constraints = (
            models.CheckConstraint(condition=Q(quantity__gte=1), name="loan_of_one_copy_or_more"),
            models.CheckConstraint(
                condition=~Q(status__in=["active", "returned"]) | Q(borrowed_at__isnull=False, due_on__isnull=False),
                name="a_loan_has_a_due_date",
            ),
        )
        indexes = (
            models.Index(fields=["patron", "id"], name="loan_of_patron"),
            models.Index(fields=["patron"], condition=Q(status__in=["requested", "active"]), name="loan_open"),
            models.Index(fields=["due_on", "id"], condition=Q(status="active", expired_at=None), name="loan_to_expire"),
            models.Index(fields=["id"], condition=Q(status="requested"), name="loan_to_decide"),
            models.Index(fields=["due_on"], condition=Q(status="active"), name="loan_due"),
            models.Index(fields=["borrowed_at"], name="loan_made"),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.title}"

    story = story_of


class LoanLine(models.Model):
    """One copy of a loan. The line is open while the copy is out; a copy has one open line at the most."""

    class Ending(models.TextChoices):
        OPEN = "", _("still out")
        RETURNED = "returned", _("returned")
        CANCELLED = "cancelled", _("cancelled")
        SUBSTITUTED = "substituted", _("another copy took its place")

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="lines", verbose_name=_("loan"))
    copy = models.ForeignKey(Copy, models.PROTECT, related_name="lines", verbose_name=_("copy"))
    ending = models.CharField(_("ending"), max_length=12, choices=Ending, blank=True, default=Ending.OPEN)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("copy of a loan")
        verbose_name_plural = _("copies of loans")
        constraints = (models.UniqueConstraint(fields=["copy"], condition=Q(ending=""), name="one_open_line_per_copy"),)

    def __str__(self) -> str:
        return f"{self.loan_id}: {self.copy_id}"


class Return(models.Model):
    """Some or all copies of a loan coming back at once."""

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="returns", verbose_name=_("loan"))
    quantity = models.PositiveSmallIntegerField(_("quantity"))
    returned_at = models.DateTimeField(_("returned at"))
    days_late = models.PositiveIntegerField(_("days late"))

    class Meta:
        verbose_name = _("return")
        verbose_name_plural = _("returns")
        indexes = (models.Index(fields=["returned_at"], name="return_made"),)

    def __str__(self) -> str:
        return f"{self.loan_id}: {self.quantity}"


class PutOffReturn(models.Model):
    """A return to be done as of `asked_at`: without a quantity, of all that is out; `refusal` is the code of a rule."""

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="put_off_returns", verbose_name=_("loan"))
    quantity = models.PositiveSmallIntegerField(_("quantity"), null=True)
    barcode = models.CharField(_("barcode"), max_length=32, blank=True, default="")
    asked_at = models.DateTimeField(_("asked for at"))
    done_at = models.DateTimeField(_("done at"), null=True)
    refusal = models.CharField(_("refusal"), max_length=32, blank=True, default="")
    request_id = models.UUIDField(null=True, editable=False)

    class Meta:
        verbose_name = _("put-off return")
        verbose_name_plural = _("put-off returns")
        indexes = (models.Index(fields=["id"], condition=Q(done_at=None), name="return_to_do"),)

    def __str__(self) -> str:
        return f"{self.loan_id}: {self.asked_at}"


class Turn(models.Model):
    """Who takes the turn at a work that one worker does at a time; it ends by itself when the worker dies."""

    work = models.CharField(primary_key=True, max_length=32)
    until = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = "turns"

    def __str__(self) -> str:
        return self.work


class Sweep(models.Model):
    """One overdue sweep; it took so many seconds, or none yet while it runs or where it was broken off."""

    as_of = models.DateField()
    started_at = models.DateTimeField()
    took = models.FloatField(null=True)
    announced = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "sweeps"

    def __str__(self) -> str:
        return str(self.started_at)


class Debt(models.Model):
    """What a patron still owes of one fine, as the fines' events tell; `fine` is their id."""

    fine = models.BigIntegerField(_("fine"), primary_key=True)
    patron_id = models.BigIntegerField(_("patron"))
    owed = models.PositiveIntegerField(_("owed (KRW)"))
    version = models.PositiveIntegerField(_("version"))

    class Meta:
        verbose_name = _("debt as lending knows it")
        verbose_name_plural = _("debts as lending knows them")
        indexes = (models.Index(fields=["patron_id"], condition=Q(owed__gt=0), name="debt_of_patron"),)

    def __str__(self) -> str:
        return f"{self.patron_id}: {self.owed}"
