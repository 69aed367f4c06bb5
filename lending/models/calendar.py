"""The calendar: dated rules, closures and openings, each with who added it and when."""

from django.db import models
from django.db.models import F, Q
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from kernel.days import rules
from lending.models.loans import Loan
from lending.models.patrons import PEOPLE


class CalendarRule(models.Model):
    """The regular closed days from a day on. The newest in force holds whole; of one day, the one added last."""

    class IfHoliday(models.TextChoices):
        ALSO = rules.IfHoliday.ALSO.value, _("closed all the same")
        NEXT_DAY = rules.IfHoliday.NEXT_DAY.value, _("the next day that is not closed anyway is closed instead")
        OPEN = rules.IfHoliday.OPEN.value, _("not closed for its weekday")

    valid_from = models.DateField(_("valid from"))
    closed = models.JSONField(_("closed weekdays"), default=list, blank=True)
    """Pairs of a weekday (ISO) and the weeks of the month, none for each week."""
    if_holiday = models.CharField(
        _("a closed weekday that is a public holiday is"), max_length=8, choices=IfHoliday, default=IfHoliday.ALSO
    )
    holidays = models.CharField(
        _("closed on the public holidays of"),
        max_length=2,
        blank=True,
        default="",
        help_text=_("A country's two letters, such as KR. Nothing: public holidays are days like others."),
    )
    open_on = models.JSONField(_("but open on"), default=list, blank=True)
    """Names of holidays, each with its substitutes."""
    open_on_all = models.BooleanField(_("but open on all of them"), default=False)
    made_at = models.DateTimeField(_("added at"))
    made_by = models.ForeignKey(
        PEOPLE, models.PROTECT, null=True, related_name="+", db_constraint=False, verbose_name=_("added by")
    )

    class Meta:
        verbose_name = _("calendar rule")
        verbose_name_plural = _("calendar rules")

    def __str__(self) -> str:
        return str(localize(self.valid_from))

    def rule(self) -> rules.Rule:
        """The rule as the arithmetic of days takes it."""
        return rules.Rule(
            valid_from=self.valid_from,
            closed=tuple(rules.Weekday(weekday, tuple(weeks)) for weekday, weeks in self.closed),
            if_holiday=self.if_holiday,
            holidays=self.holidays,
            open_on=tuple(self.open_on),
            open_on_all=self.open_on_all,
        )


class Closure(models.Model):
    """Closed days beside the regular ones. `moving` is the causation id of the act that moves due dates out of it."""

    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=200)
    late_days_count = models.BooleanField(
        _("days late are counted"),
        null=True,
        blank=True,
        help_text=_("On these days: for everybody, for nobody, or as the policies say where this is unknown."),
    )
    moving = models.UUIDField(null=True, editable=False)
    made_at = models.DateTimeField(_("added at"))
    made_by = models.ForeignKey(
        PEOPLE, models.PROTECT, null=True, related_name="+", db_constraint=False, verbose_name=_("added by")
    )

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        constraints = (
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="a_closure_ends_behind_its_first"),
        )

    def __str__(self) -> str:
        return f"{localize(self.first)} – {localize(self.last)}"

    def closure(self) -> rules.Closure:
        """The closure as the arithmetic of days takes it."""
        return rules.Closure(first=self.first, last=self.last, reason=self.reason, late_days_count=self.late_days_count)


class Opening(models.Model):
    """A day on which the library is open, whatever else would close it."""

    day = models.DateField(_("day"))
    reason = models.CharField(_("reason"), max_length=200)
    made_at = models.DateTimeField(_("added at"))
    made_by = models.ForeignKey(
        PEOPLE, models.PROTECT, null=True, related_name="+", db_constraint=False, verbose_name=_("added by")
    )

    class Meta:
        verbose_name = _("opening")
        verbose_name_plural = _("openings")

    def __str__(self) -> str:
        return str(localize(self.day))

    def opening(self) -> rules.Opening:
        """The opening as the arithmetic of days takes it."""
        return rules.Opening(day=self.day, reason=self.reason)


class CalendarVersion(models.Model):
    """The one row that changes with the calendar; whoever changes the calendar locks it.

    `token` is never used twice, also where a change was rolled back, so that processes know what they remember by it.
    """

    version = models.PositiveIntegerField(default=0)
    token = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = "version of the calendar"

    def __str__(self) -> str:
        return str(self.version)


class DueDateMove(models.Model):
    """A loan's due date that a closure moved, so that it can be moved back."""

    closure = models.ForeignKey(Closure, models.CASCADE, related_name="moves", db_index=False)
    loan = models.ForeignKey(Loan, models.PROTECT, related_name="+")
    due_before = models.DateField()
    due_after = models.DateField()

    class Meta:
        verbose_name = verbose_name_plural = "moved due dates"
        constraints = (models.UniqueConstraint(fields=["closure", "loan"], name="one_move_of_a_loan_by_a_closure"),)

    def __str__(self) -> str:
        return f"{self.loan_id}: {self.due_before} – {self.due_after}"
