"""What lending knows of patrons: their accounts at the desk, and what they owe by the fines' events."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

PEOPLE = settings.AUTH_USER_MODEL  # it may be in another database: no constraint leads there


class Family(models.Model):
    """Patrons who share a limit: the row that a loan of any of them locks before the account."""

    name = models.CharField(_("name"), max_length=200)
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("family")
        verbose_name_plural = _("families")

    def __str__(self) -> str:
        return self.name


class Patron(models.Model):
    """A patron's account at the lending desk: the row that everything done for one patron locks first."""

    user = models.OneToOneField(
        PEOPLE, models.PROTECT, related_name="+", db_constraint=False, primary_key=True, verbose_name=_("patron")
    )
    family = models.ForeignKey(
        Family, models.RESTRICT, null=True, blank=True, related_name="members", verbose_name=_("family")
    )
    """The one family that the patron belongs to."""
    suspended_since = models.DateField(_("suspended since"), null=True)
    suspended_until = models.DateField(_("suspended until"), null=True)
    """The last day of the newest suspension, which may be over. Both follow from `Block`, in the same transaction."""
    blocked_until = models.DateField(_("blocked until"), null=True)
    """The same of blocks by hand, `date.max` for one without an end."""
    restriction = models.PositiveIntegerField(default=0, db_default=0)
    """Counts the changes of both."""
    erased_at = models.DateTimeField(_("erased at"), null=True)
    """When the person was erased, whose account it was: the number stays, and stands for nobody."""

    class Meta:
        verbose_name = _("lending account")
        verbose_name_plural = _("lending accounts")
        permissions = [("erase_patron", "Can erase patrons")]
        indexes = (models.Index(fields=["erased_at"], condition=Q(erased_at__isnull=False), name="patron_erased"),)

    def __str__(self) -> str:
        """The person, where who read the row read that too: the name of a row asks for nothing."""
        return str(self.user if Patron.user.is_cached(self) else self.pk)


class Debt(models.Model):
    """What a patron still owes of one fine, as the fines' events tell; `fine` is their id."""

    fine = models.BigIntegerField(_("fine"), primary_key=True)
    patron_id = models.BigIntegerField(_("patron"), null=True)
    loan_id = models.BigIntegerField(_("loan"), null=True)
    owed = models.PositiveIntegerField(_("owed"))
    version = models.PositiveIntegerField(_("version"))

    class Meta:
        verbose_name = _("debt as lending knows it")
        verbose_name_plural = _("debts as lending knows them")
        indexes = (
            models.Index(fields=["patron_id"], condition=Q(owed__gt=0), name="debt_of_patron"),
            models.Index(fields=["loan_id"], name="debt_of_loan"),
        )

    def __str__(self) -> str:
        return f"{self.patron_id}: {self.owed}"


class Credit(models.Model):
    """What a patron has to the good, as the fines' events tell."""

    patron_id = models.BigIntegerField(_("patron"), primary_key=True)
    credit = models.PositiveIntegerField(_("credit"))
    version = models.PositiveIntegerField(_("version"))

    class Meta:
        verbose_name = _("credit as lending knows it")
        verbose_name_plural = _("credit as lending knows it")

    def __str__(self) -> str:
        return f"{self.patron_id}: {self.credit}"
