"""How many people came in, as somebody counted them."""

from django.db import models
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _


class Visits(models.Model):
    """The visitors of a day."""

    day = models.DateField(_("day"), primary_key=True)
    number = models.PositiveIntegerField(_("visitors"))

    class Meta:
        verbose_name = _("visits of a day")
        verbose_name_plural = _("visits")

    def __str__(self) -> str:
        return f"{localize(self.day)}: {self.number}"
