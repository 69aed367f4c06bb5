"""The library's rules for numbers of older labels and cards."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.values.barcodes import LONGEST_BARCODE
from kernel.values.scans import REGISTRATION_NUMBER, Rule


class NumberRule(models.Model):
    """How a number of an older label or card is written today, so that what is printed on it can still be scanned.

    Of several rules of a kind the first that a number is of counts, by `position`, then by age.
    """

    class Kind(models.TextChoices):
        BARCODE = "barcode", _("barcodes of copies")
        CARD = "card", _("numbers of cards")

    kind = models.CharField(_("of"), max_length=8, choices=Kind, default=Kind.BARCODE)
    before = models.CharField(
        _("what stands before the digits"),
        max_length=LONGEST_BARCODE,
        blank=True,
        help_text=_("Nothing for numbers of digits alone."),
    )
    digits = models.PositiveSmallIntegerField(
        _("how many digits"), null=True, blank=True, help_text=_("Nothing for any number of digits.")
    )
    code = models.CharField(_("what stands before the digits today"), max_length=LONGEST_BARCODE, blank=True)
    length = models.PositiveSmallIntegerField(
        _("how long it is today"),
        default=REGISTRATION_NUMBER,
        validators=[MaxValueValidator(LONGEST_BARCODE)],
        help_text=_("Zeros are put between. EM and 12 make EM0001234567 of 1234567."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("rule for older numbers")
        verbose_name_plural = _("rules for older numbers")

    def __str__(self) -> str:
        return f"{self.before}{'9' * (self.digits or 1)}{'' if self.digits else '…'} → {self.code}"

    def rule(self) -> Rule:
        """The rule as readers of numbers take it."""
        return Rule(code=self.code, before=self.before, digits=self.digits, length=self.length)
