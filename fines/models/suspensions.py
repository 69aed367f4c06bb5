"""What fines know of suspensions, to sell their rest."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class KnownSuspension(models.Model):
    """A patron's newest suspension, as lending's events tell it; `bought_off` is the `restriction` of the last one that
    was bought off."""

    patron_id = models.BigIntegerField(_("patron"), primary_key=True)
    since = models.DateField(_("since"), null=True)
    until = models.DateField(_("until"), null=True)
    restriction = models.PositiveIntegerField(_("version"))
    bought_off = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("suspension as fines know it")
        verbose_name_plural = _("suspensions as fines know them")

    def __str__(self) -> str:
        return f"{self.patron_id}: {self.until or ''}"
