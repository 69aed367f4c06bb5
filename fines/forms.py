"""What is typed at the till."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fines.models import Entry
from kernel.money import money
from kernel.staff.fields import MoneyField
from kernel.values.currencies import MOST_MONEY


class MethodField(forms.ChoiceField):
    """How it is paid; cash where nothing is said."""

    def __init__(self) -> None:
        super().__init__(label=_("paid by"), choices=Entry.Method.choices, initial=Entry.Method.CASH, required=False)

    def clean(self, value: Any) -> Any:
        """The method."""
        return super().clean(value) or Entry.Method.CASH


class Payments(forms.Form):
    """An amount for each fine, at first what is owed of it.

    What was owed when the page was made comes back with it, so that sending a page twice takes no second payment.
    """

    def __init__(self, fines: Sequence[Any], data: Any = None) -> None:
        super().__init__(data)
        self.fines = fines
        for fine in fines:
            self.fields[f"amount_{fine.pk}"] = MoneyField(
                label=f"{fine.title} · {fine.patron}",
                initial=fine.owed,
                min_value=1,
                max_value=MOST_MONEY,
                help_text=_("%(owed)s are owed.") % {"owed": money(fine.owed)},
            )
            self.fields[f"owed_{fine.pk}"] = forms.IntegerField(initial=fine.owed, widget=forms.HiddenInput)
        self.fields["method"] = MethodField()

    def clean(self) -> dict[str, Any]:
        """The amounts. Raises `ValidationError` when a fine is not as it was when the page was made."""
        cleaned = super().clean() or self.cleaned_data
        for fine in self.fines:
            if cleaned.get(f"owed_{fine.pk}") != fine.owed:
                self.add_error(None, _("“%(title)s” was paid or waived meanwhile.") % {"title": fine.title})
        return cleaned

    def amounts(self) -> Iterator[tuple[Any, int]]:
        """What is paid of which fine."""
        for fine in self.fines:
            yield fine, self.cleaned_data[f"amount_{fine.pk}"]


class Counting(forms.Form):
    """What was counted."""

    counted = MoneyField(
        label=_("counted"),
        min_value=0,
        max_value=MOST_MONEY,
        help_text=_("The cash in the till, without what was in it for change."),
    )
    note = forms.CharField(
        label=_("note"),
        max_length=500,
        required=False,
        help_text=_("Needed where there is a difference."),
        widget=forms.TextInput({"size": 60}),
    )
