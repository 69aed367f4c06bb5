"""The library's own sheets of labels."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from printing.sheets import Sheet

LARGEST, SMALLEST_LABEL = 1_000, 5


def _number(words: Any, **options: Any) -> Any:
    limits = [MinValueValidator(1), MaxValueValidator(100)]
    return models.PositiveSmallIntegerField(words, validators=limits, **options)


def _length(words: Any, at_least: int = 0, **options: Any) -> Any:
    limits = [MinValueValidator(at_least), MaxValueValidator(LARGEST)]
    return models.DecimalField(words, max_digits=6, decimal_places=2, validators=limits, **options)


class LabelSheet(models.Model):
    """A sheet whose measures somebody has typed in, in millimetres."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    columns = _number(_("labels side by side"))
    rows = _number(_("labels one below the other"))
    width = _length(_("width of a label (mm)"), SMALLEST_LABEL)
    height = _length(_("height of a label (mm)"), SMALLEST_LABEL)
    left = _length(_("from the left edge to the first label (mm)"))
    top = _length(_("from the top edge to the first label (mm)"))
    gap_x = _length(_("gap between labels side by side (mm)"), default=Decimal(0))
    gap_y = _length(_("gap between labels one below the other (mm)"), default=Decimal(0))
    page_width = _length(_("width of the paper (mm)"), SMALLEST_LABEL, default=Decimal(210))
    page_height = _length(_("height of the paper (mm)"), SMALLEST_LABEL, default=Decimal(297))

    class Meta:
        verbose_name = _("sheet of labels")
        verbose_name_plural = _("sheets of labels")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raises `ValidationError` where the labels are not all on the paper."""
        measures = [getattr(self, name) for name in Sheet.__dataclass_fields__]
        if None not in measures and not self.sheet().fits:
            raise ValidationError(_("The labels don't fit on the paper: check sizes, gaps and edges."))

    def sheet(self) -> Sheet:
        """The sheet as printing takes it."""
        return Sheet(
            columns=self.columns,
            rows=self.rows,
            **{name: float(getattr(self, name)) for name in Sheet.__dataclass_fields__ if name not in COUNTS},
        )


COUNTS = {"columns", "rows"}
