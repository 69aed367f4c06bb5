"""Unpaid fees that came along with open loans of another system."""

from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class ImportedFee(models.Model):
    """A fee that a file brought, so that the same file again brings it no more; `key` is what the file says of it.
    Fines charges it when it hears. One that is nobody's any more has a digest for its key."""

    patron_id = models.BigIntegerField(_("patron"), null=True)
    key = models.CharField(_("key"), max_length=100)
    amount = models.PositiveIntegerField(_("amount"))
    taken_at = models.DateTimeField(_("taken at"))
    request_id = models.UUIDField(_("import"))
    dropped_at = models.DateTimeField(_("undone at"), null=True)

    class Meta:
        verbose_name = _("fee that came along")
        verbose_name_plural = _("fees that came along")
        constraints = (
            models.UniqueConstraint(
                fields=["patron_id", "key"], condition=Q(dropped_at=None), name="a_fee_comes_along_once"
            ),
        )
        indexes = (models.Index(fields=["request_id"], name="fee_of_import"),)

    def __str__(self) -> str:
        return f"{self.patron_id}: {self.amount}"

    def forget_patron(self) -> None:
        """Makes it nobody's; it is still known when the same file comes again."""
        self.key, self.patron_id = digest_of_fee(self.patron_id or 0, self.key), None


def digest_of_fee(patron_id: int, key: str) -> str:
    """How a fee is known whose patron is not to be: with the installation's secret key."""
    return salted_hmac("lending.imported_fee", f"{patron_id} {key}", algorithm="sha256").hexdigest()
