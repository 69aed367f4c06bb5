"""What is typed at the till, and new late fees."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fines.models import FeeSchedule, FeeTier, Fine
from kernel.money import money
from kernel.staff.fields import MoneyField
from kernel.staff.forms import ServiceForm


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
                max_value=2**31 - 1,
                help_text=_("%(owed)s are owed.") % {"owed": money(fine.owed)},
            )
            self.fields[f"owed_{fine.pk}"] = forms.IntegerField(initial=fine.owed, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """The amounts. Raises `ValidationError` when a fine is not as it was when the page was made."""
        cleaned = super().clean() or self.cleaned_data
        for fine in self.fines:
            if cleaned.get(f"owed_{fine.pk}") != fine.owed:
                self.add_error(None, _("“%(title)s” was paid or waived meanwhile.") % {"title": fine.title})
        return cleaned

    def amounts(self) -> Iterator[tuple[Fine, int]]:
        """What is paid of which fine."""
        for fine in self.fines:
            yield fine, self.cleaned_data[f"amount_{fine.pk}"]


class ScheduleForm(ServiceForm):
    """The day from which new late fees hold."""

    class Meta:
        model = FeeSchedule
        fields = ("valid_from",)

    def clean_valid_from(self) -> date:
        """Today or later: what was charged by the old fees stays as it is. Raises `ValidationError`."""
        day: date = self.cleaned_data["valid_from"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("New fees hold from today on or later."))
        return day


class TierForm(forms.ModelForm):
    """A tier, its fee typed as amounts are."""

    class Meta:
        model = FeeTier
        fields = ("from_day", "amount")
        field_classes = {"amount": MoneyField}


class TierFormSet(forms.BaseInlineFormSet):
    """The tiers of a schedule."""

    def get_unique_error_message(self, unique_check: Sequence[str]) -> str:
        """Django's sentence, with the fields' labels instead of their names."""
        labels = [str(self.form.base_fields[name].label) for name in unique_check if name in self.form.base_fields]
        return super().get_unique_error_message(labels)

    def clean(self) -> None:
        """Raises `ValidationError` when there is none."""
        super().clean()
        if not any(self.errors) and not any(form.has_changed() for form in self.forms):
            raise forms.ValidationError(_("A schedule needs at least one tier."))
