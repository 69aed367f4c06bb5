"""What is typed about a patron's money."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fines.forms import MethodField
from kernel.staff.fields import MoneyField
from kernel.staff.forms import ReasonForm
from kernel.values.currencies import MOST_MONEY

SEEN = "seen"


def seen_field() -> forms.IntegerField:
    """The version of the account that the page shows: what was done with it since lets nothing be done."""
    return forms.IntegerField(widget=forms.HiddenInput)


class Paying(forms.Form):
    """An amount, and how it is paid."""

    amount = MoneyField(label=_("amount"), min_value=1, max_value=MOST_MONEY)
    method = MethodField()
    seen = seen_field()


class Choosing(forms.Form):
    """How it is paid."""

    method = MethodField()
    seen = seen_field()


class Reasoned(ReasonForm):
    """Why."""

    seen = seen_field()


class ReasonedAmount(forms.Form):
    """How much at most, and why; the sum is asked for with what is possible in it."""

    amount = MoneyField(label=_("amount"), min_value=1, max_value=MOST_MONEY)
    reason = ReasonForm.base_fields["reason"]
    seen = seen_field()

    def __init__(self, data: Any = None, *, most: int, **options: Any) -> None:
        super().__init__(data, **{**options, "initial": {"amount": most, **options.get("initial", {})}})
