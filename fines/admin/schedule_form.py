"""A fee schedule as staff type it: what is left empty is left out, and a word stands for none."""

import re
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fines.fee_fields import AMOUNTS, DURATIONS, MOST_DAYS, NAMES, duration_of
from fines.models import BEGINNING, FeeSchedule
from fines.schedules.rates import lacks_rate
from fines.schedules.trial import trial_of
from kernel.staff.fields import DayField
from kernel.staff.forms import PreviewedForm
from kernel.values.amounts import read_amount
from kernel.values.currencies import MOST_MONEY

NONE = {"none", "없음", "-"}
YES_OR_NO = [("", "–"), ("yes", _("yes")), ("no", _("no"))]
TIER = re.compile(r"(\d+)\s*[:：]\s*(.+)")
UNITS = {"month": "months", "months": "months", "개월": "months", "day": "days", "days": "days", "일": "days"}
WITHIN = re.compile(r"(\d+)\s*(\D+)")
FIELD_WORDS = {
    "kind": _("a late return costs"),
    "tiers": _("from day late: fee"),
    "rate": _("a day late costs"),
    "per": _("charged for"),
    "cap": _("at most"),
    "cap_at_price": _("at most what the copies cost"),
    "lost_amount": _("a lost copy without a price costs"),
    "processing_fee": _("processing another copy costs"),
    "processing_fee_refunded": _("the processing fee is refunded too"),
    "refund_within": _("the price of a copy that is found is refunded within"),
    "buy_off_rate": _("a day of a suspension can be bought off for"),
}
CHOICE_WORDS = {
    "tiers": _("by tiers"),
    "per_day": _("by the day"),
    "copy": _("each copy"),
    "return": _("the return"),
}


class AmountOrNone(forms.CharField):
    """An amount; nothing where it is left out, and a word for none."""

    def to_python(self, value: Any) -> Any:
        """The amount, None, or an empty text. Raises `ValidationError`."""
        text = (super().to_python(value) or "").strip()
        if not text or text.lower() in NONE:
            return None if text else ""
        return _amount(text)


class TiersField(forms.CharField):
    """Tiers, one a line: `1: 500`."""

    widget = forms.Textarea({"rows": 4, "cols": 30})

    def to_python(self, value: Any) -> Any:
        """The amount from each day on, or an empty text. Raises `ValidationError`."""
        lines = [line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()]
        if not lines:
            return ""
        if len(lines) == 1 and lines[0].lower() in NONE:
            return {}
        found: dict[int, int] = {}
        for line in lines:
            tier = TIER.fullmatch(line)
            if tier is None or not 1 <= int(tier[1]) <= MOST_DAYS:
                raise ValidationError(_("Write a day late and a fee on each line, such as 1: 500."))
            if int(tier[1]) in found:
                raise ValidationError(_("Two tiers begin on the same day."))
            found[int(tier[1])] = _amount(tier[2])
        return found


class WithinField(forms.CharField):
    """A duration: `6 months`, `10일`."""

    def to_python(self, value: Any) -> Any:
        """The duration of ISO 8601, None for always, or an empty text. Raises `ValidationError`."""
        text = (super().to_python(value) or "").strip().lower()
        if not text or text in NONE:
            return None if text else ""
        found = WITHIN.fullmatch(text)
        unit = UNITS.get(found[2].strip(), "") if found else ""
        if not found or not unit or int(found[1]) > DURATIONS[unit][1]:
            raise ValidationError(_("Write a number of months or days, such as 6 months."))
        return duration_of({unit: int(found[1])})


class ScheduleForm(PreviewedForm):
    """For whom and what, from which day on, and the fees."""

    valid_from = DayField(
        label=_("valid from"),
        required=False,
        widget=AdminDateWidget,
        help_text=_("Empty: from the beginning, while nothing was charged."),
    )
    kind = forms.ChoiceField(
        label=FIELD_WORDS["kind"],
        required=False,
        choices=[("", "–"), *((kind, CHOICE_WORDS[kind]) for kind in ("tiers", "per_day"))],
    )
    tiers = TiersField(
        label=FIELD_WORDS["tiers"],
        required=False,
        help_text=_("One a line, such as 1: 500. “none” ends all late fees."),
    )
    per = forms.ChoiceField(
        label=FIELD_WORDS["per"],
        required=False,
        choices=[("", "–"), *((per, CHOICE_WORDS[per]) for per in ("copy", "return"))],
    )
    cap_at_price = forms.ChoiceField(label=FIELD_WORDS["cap_at_price"], required=False, choices=YES_OR_NO)
    processing_fee_refunded = forms.ChoiceField(
        label=FIELD_WORDS["processing_fee_refunded"], required=False, choices=YES_OR_NO
    )
    refund_within = WithinField(
        label=FIELD_WORDS["refund_within"], required=False, help_text=_("Such as 6 months. “none” is always.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in AMOUNTS:
            self.fields[name] = AmountOrNone(label=FIELD_WORDS[name], required=False)

    class Meta:
        model = FeeSchedule
        fields = ("valid_from", "category", "copy_type")

    def clean_processing_fee(self) -> Any:
        """None is no fee."""
        fee = self.cleaned_data["processing_fee"]
        return 0 if fee is None else fee

    def clean(self) -> dict[str, Any]:
        """The fees; those by the day with what a day costs. Raises `ValidationError`."""
        if "rate" in self.cleaned_data:
            typed = self.cleaned_data
            place = typed.get("category") or "", typed.get("copy_type") or ""
            if why := lacks_rate(self.given(), place, typed.get("valid_from"), timezone.localdate()):
                self.add_error("rate", why)
        return super().clean()

    def shown(self) -> list[str]:
        """What late returns and lost copies would cost."""
        given = self.given()
        if "tiers" in given:  # as a row of the table has them
            given["tiers"] = {str(day): amount for day, amount in given["tiers"].items()}
        place = {name: self.cleaned_data[name] for name in ("category", "copy_type")}
        typed = FeeSchedule(valid_from=self.cleaned_data["valid_from"] or BEGINNING, given=given, **place)
        return trial_of(typed, timezone.now())

    def given(self) -> dict[str, Any]:
        """The fees that were typed, by name."""
        typed = {name: self.cleaned_data.get(name, "") for name in NAMES}
        words = {"yes": True, "no": False}
        return {
            name: words.get(value, value) if isinstance(value, str) else value
            for name, value in typed.items()
            if value != ""
        }


def _amount(text: str) -> int:
    try:
        amount = read_amount(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    if amount is None or amount > MOST_MONEY:
        raise ValidationError(_("This is not an amount of money: write a whole number, such as 15,000."))
    return amount
