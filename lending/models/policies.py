"""The dated rules of lending, and those that loans keep. What the rules are: `lending/policy_fields.py`."""

from datetime import date
from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _

from lending.models.patrons import PEOPLE
from lending.policy_fields import Rules

BEGINNING = date.min
"""The `valid_from` of a policy that holds from the beginning."""
MOST_REMEMBERED = 1_000
"""Terms whose rules a process remembers. When there are more, all are forgotten."""
_remembered: dict[str, Rules] = {}

CODE = RegexValidator(r"^[a-z0-9][a-z0-9_-]*$", _("Small letters, digits, - and _ only."))


class Policy(models.Model):
    """What was adopted for a category of patrons and a type of copies from a day on; each may be empty, for any.

    `given` has what was said, by dotted names. What is left out is not there: that differs from None, which is a value.
    """

    valid_from = models.DateField(_("valid from"), default=BEGINNING)
    category = models.CharField(_("category of patrons"), max_length=32, blank=True, default="", validators=[CODE])
    copy_type = models.CharField(_("type of copies"), max_length=32, blank=True, default="", validators=[CODE])
    given = models.JSONField(_("rules"), default=dict)

    class Meta:
        verbose_name = _("loan policy")
        verbose_name_plural = _("loan policies")
        constraints = (
            models.UniqueConstraint(fields=["category", "copy_type", "valid_from"], name="one_policy_of_a_day"),
        )

    def __str__(self) -> str:
        begins = localize(self.begins_on) if self.begins_on else str(_("from the beginning"))
        return " · ".join(filter(None, [self.category, self.copy_type, begins]))

    def validate_constraints(self, exclude: Any = None) -> None:
        """Nothing to tell whoever types one: a policy of the same place and day is replaced."""

    @property
    def begins_on(self) -> date | None:
        """The first day of the policy, None for the beginning."""
        return None if self.valid_from == BEGINNING else self.valid_from


class PolicyChange(models.Model):
    """What was done to a policy: by whom and when, and the rules that it had from then on. Kept when it is dropped."""

    class What(models.TextChoices):
        ADOPTED = "adopted", _("adopted")
        REPLACED = "replaced", _("replaced")
        DROPPED = "dropped", _("revoked")

    policy = models.ForeignKey(
        Policy, models.DO_NOTHING, db_constraint=False, related_name="changes", verbose_name=_("loan policy")
    )
    what = models.CharField(_("what was done"), max_length=10, choices=What)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        PEOPLE, models.PROTECT, null=True, related_name="+", db_constraint=False, verbose_name=_("done by")
    )
    given = models.JSONField(_("rules"), default=dict)

    class Meta:
        verbose_name = _("change of a policy")
        verbose_name_plural = _("changes of policies")

    def __str__(self) -> str:
        return f"{self.policy_id}: {self.what}"


class RulesVersion(models.Model):
    """One row whose `token` changes with every change of the rules, so that each process knows whether what it
    remembers still holds."""

    token = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.token)


class Terms(models.Model):
    """Rules that loans keep whole, whatever is adopted later: one row for all loans that have the same.

    `category` and `copy_type` are the patron's and the copies', `policy` and `valid_from` those of the policy that
    decided, None where there was none.
    """

    digest = models.CharField(max_length=64, unique=True, editable=False)
    policy = models.BigIntegerField(_("policy"), null=True)
    valid_from = models.DateField(_("valid from"), null=True)
    category = models.CharField(_("category of patrons"), max_length=32, blank=True)
    copy_type = models.CharField(_("type of copies"), max_length=32, blank=True)
    values = models.JSONField(_("rules"))

    class Meta:
        verbose_name = _("terms of loans")
        verbose_name_plural = _("terms of loans")

    def __str__(self) -> str:
        return f"{self.pk} {self.category} {self.copy_type}"

    @property
    def rules(self) -> Rules:
        """The rules, whole. Each process remembers them by the digest: every return asks for its loan's."""
        if not (rules := _remembered.get(self.digest)):
            rules = Rules.of(self.values)
            if len(_remembered) >= MOST_REMEMBERED:
                _remembered.clear()
            if self.digest:
                _remembered[self.digest] = rules
        return rules
