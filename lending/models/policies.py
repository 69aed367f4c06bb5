"""The dated rules of lending. A field of the policy stands here and nowhere else."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class LoanPolicy(models.Model):
    """The rules of lending from one day on, until the next policy's day. The defaults hold in a new installation."""

    valid_from = models.DateField(_("valid from"), unique=True)
    loan_days = models.PositiveSmallIntegerField(
        _("loan period in days"), default=14, validators=[MinValueValidator(1)]
    )
    max_copies = models.PositiveSmallIntegerField(_("copies out per patron"), default=10)
    max_renewals = models.PositiveSmallIntegerField(_("renewals per loan"), default=1)
    blocked_from = models.PositiveIntegerField(
        _("blocked from a debt of (KRW)"), default=10_000, validators=[MinValueValidator(1)]
    )

    class Meta:
        verbose_name = _("loan policy")
        verbose_name_plural = _("loan policies")

    def __str__(self) -> str:
        return str(self.valid_from)

    @classmethod
    def rule_names(cls) -> tuple[str, ...]:
        """The names of the fields that are rules, in their order."""
        return tuple(field.name for field in cls._meta.concrete_fields if field.name not in {"id", "valid_from"})
