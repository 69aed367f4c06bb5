"""What a sitting at the desk remembers: its acts, so that each can be seen and undone."""

from collections.abc import Sequence

from django.db import models
from django.utils.translation import gettext_lazy as _


class Act(models.Model):
    """What came of one scan. It names people and things by id; what it says names nobody.

    It is a note for those who sit at the desk and holds nothing that lending does not know: it goes when a later
    sitting begins.
    """

    class Kind(models.TextChoices):
        LENT = "lent", _("lent")
        RENEWED = "renewed", _("renewed")
        BACK = "back", _("taken back")
        SHELVED = "shelved", _("to the shelf")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        REPEATED = "repeated", _("scanned twice")

    codes: Sequence[str] = ()
    """Of an act that was just refused: the rules against it that may be decided against."""

    key = models.CharField(max_length=64)
    by = models.BigIntegerField()
    sitting = models.UUIDField()
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("what"), max_length=8, choices=Kind)
    typed = models.CharField(_("scanned"), max_length=64, blank=True)
    said = models.TextField(_("what was said"))
    title = models.TextField(_("title"), blank=True)
    patron = models.BigIntegerField(null=True)
    loan = models.BigIntegerField(null=True)
    return_id = models.BigIntegerField(null=True)
    held_for = models.BigIntegerField(null=True)
    """The id of the patron for whom a copy goes to the hold shelf."""
    voided_at = models.DateTimeField(_("undone at"), null=True)

    class Meta:
        verbose_name = _("act of a sitting")
        verbose_name_plural = _("acts of a sitting")
        constraints = (models.UniqueConstraint(fields=["by", "key"], name="one_act_per_scan"),)
        indexes = (models.Index(fields=["sitting", "-id"], name="acts_of_sitting"),)
        default_permissions = ()

    def __str__(self) -> str:
        return self.said

    @property
    def is_undoable(self) -> bool:
        """Whether there is something in it to undo."""
        undoable = {self.Kind.LENT, self.Kind.RENEWED, self.Kind.BACK}
        return self.kind in undoable and self.voided_at is None and bool(self.loan)
