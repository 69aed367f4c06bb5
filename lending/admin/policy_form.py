"""A policy as staff type it: what is left empty is left out, and a word stands for no limit."""

from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from kernel.staff.fields import DayField
from kernel.staff.forms import PreviewedForm
from kernel.values.amounts import read_amount
from kernel.values.currencies import MOST_MONEY
from lending.admin.policy_words import CHOICE_WORDS, FIELD_WORDS
from lending.models import BEGINNING, Policy
from lending.policies.trial import SUSPENDS_NOBODY, suspends_nobody, trial_of
from lending.policy_fields import NAMES, Kind, Rules, flattened, kind_of

NO_LIMIT = {"none", "없음", "-"}


class RuleNumber(forms.CharField):
    """A number; nothing where it is left out, and `none` for None where that is a value."""

    def __init__(self, kind: Kind, **options: Any) -> None:
        super().__init__(**options)
        self.kind = kind

    def to_python(self, value: Any) -> Any:
        """The number, None for no limit, or an empty text. Raises `ValidationError`."""
        text = (super().to_python(value) or "").strip().lower()
        if not text:
            return ""
        if text in NO_LIMIT and self.kind.nullable:
            return None
        number = self._number(text)
        if number is None or not self.kind.least <= number <= (self.kind.most or 0):
            limits = {"least": self.kind.least, "most": self.kind.most}
            raise ValidationError(_("A whole number from %(least)s to %(most)s.") % limits)
        return number

    def _number(self, text: str) -> int | None:
        try:
            return read_amount(text) if self.kind.most == MOST_MONEY else int(text)
        except ValueError:
            return None


class RuleChoice(forms.TypedChoiceField):
    """One of a few values; nothing where it is left out."""

    def __init__(self, kind: Kind, **options: Any) -> None:
        values = {str(value): value for value in kind.choices or (True, False)}
        choices = [("", "–"), *((word, CHOICE_WORDS[value]) for word, value in values.items())]
        super().__init__(choices=choices, coerce=values.__getitem__, empty_value="", **options)


class PlaceForm(PreviewedForm):
    """For whom and what, from which day on, and the rules."""

    valid_from = DayField(
        label=_("valid from"),
        required=False,
        widget=AdminDateWidget,
        help_text=_("Empty: from the beginning, while nothing was lent."),
    )

    class Meta:
        model = Policy
        fields = ("valid_from", "category", "copy_type")

    def clean(self) -> dict[str, Any]:
        """The rules, by which whoever is to be suspended is. Raises `ValidationError`."""
        if not self.errors and (name := suspends_nobody(self.typed(), timezone.now())):
            self.add_error(input_of(name), SUSPENDS_NOBODY)
        return super().clean()

    def shown(self) -> list[str]:
        """What somebody of that category who borrows such a copy would have."""
        return trial_of(self.typed(), timezone.now())

    def typed(self) -> Policy:
        """The policy as it was typed."""
        place = {name: self.cleaned_data[name] for name in ("category", "copy_type")}
        return Policy(valid_from=self.cleaned_data["valid_from"] or BEGINNING, given=self.given(), **place)

    def given(self) -> dict[str, Any]:
        """The rules that were typed, by dotted names."""
        typed = {name: self.cleaned_data.get(input_of(name), "") for name in NAMES}
        return {name: value for name, value in typed.items() if value != ""}


def input_of(name: str) -> str:
    """The input of the rule with that dotted name."""
    return name.replace(".", "__")


def rule_fields() -> dict[str, forms.Field]:
    """An input for each rule."""
    usual = flattened(Rules().nested())
    return {input_of(name): _field(name, kind_of(name), usual[name]) for name in NAMES}


def _field(name: str, kind: Kind, usual: Any) -> forms.Field:
    options = {"label": FIELD_WORDS[name], "required": False, "help_text": lazy(_help, str)(kind, usual)}
    return RuleChoice(kind, **options) if kind.most is None else RuleNumber(kind, **options)


def _help(kind: Kind, usual: Any) -> str:
    """What holds without any policy, in the language of whoever reads it."""
    words = {"usual": _("none") if usual is None else CHOICE_WORDS[usual] if kind.most is None else usual}
    if kind.nullable:
        return str(_("Without any policy: %(usual)s. “none” is no limit.") % words)
    return str(_("Without any policy: %(usual)s.") % words)


PolicyForm: Any = forms.models.ModelFormMetaclass("PolicyForm", (PlaceForm,), rule_fields())
"""The whole of it."""
