"""What bars a patron: blocks by hand, and the suspensions that late returns led to."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from lending.in_force import is_block_on
from lending.models.patrons import PEOPLE


class Block(models.Model):
    """A bar with its days, the last one among them; without `until` it has no end.

    Suspensions are made anew from the late returns whenever these change; `lifted_after` is the last return of a
    suspension that somebody lifted.
    """

    class Kind(models.TextChoices):
        MANUAL = "manual", _("by hand")
        SUSPENSION = "suspension", _("suspension")

    patron = models.ForeignKey(
        PEOPLE,
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("patron"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    reason = models.CharField(_("reason"), max_length=1000, blank=True, default="")
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day. Without it: for ever."))
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        PEOPLE, models.PROTECT, null=True, related_name="+", db_constraint=False, verbose_name=_("made by")
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True)
    lifted_by = models.ForeignKey(
        PEOPLE, models.PROTECT, null=True, related_name="+", db_constraint=False, verbose_name=_("lifted by")
    )
    lift_reason = models.CharField(_("why it was lifted"), max_length=1000, blank=True, default="")
    lifted_after = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = (
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="a_block_ends_behind_its_first_day"
            ),
            models.CheckConstraint(
                condition=Q(kind="manual") | Q(until__isnull=False), name="a_suspension_has_a_last_day"
            ),
            models.CheckConstraint(
                condition=Q(kind="suspension") | ~Q(reason="") | Q(patron=None), name="a_block_has_a_reason"
            ),
        )
        indexes = (models.Index(fields=["patron", "id"], name="block_of_patron"),)

    def __str__(self) -> str:
        return (
            f"{self.get_kind_display()} {localize(self.since)} – {localize(self.until) if self.until else ''}".rstrip()
        )

    def is_on(self, day: date) -> bool:
        """Whether it is in force on a day, and can be lifted."""
        return is_block_on(is_lifted=self.lifted_at is not None, until=self.until, day=day)

    @property
    def ends_on(self) -> date:
        """The last day, `date.max` where there is none."""
        return self.until or date.max
