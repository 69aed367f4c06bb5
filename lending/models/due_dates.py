"""What was done by hand to a loan's due date, so that it can be taken back."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lending.models.loans import Loan


class DueDateAct(models.Model):
    """A renewal, or a due date that a librarian set; `version` is the loan's with which it was announced."""

    class Kind(models.TextChoices):
        RENEWAL = "renewal", _("renewed")
        SET = "set", _("set by a librarian")

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="due_date_acts", verbose_name=_("loan"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    due_before = models.DateField(_("due before"))
    due_after = models.DateField(_("due after"))
    made_at = models.DateTimeField(_("made at"))
    version = models.PositiveIntegerField(editable=False)
    voided_at = models.DateTimeField(_("undone at"), null=True)

    class Meta:
        verbose_name = _("change of a due date")
        verbose_name_plural = _("changes of due dates")

    def __str__(self) -> str:
        return f"{self.loan_id}: {self.due_before} – {self.due_after}"
