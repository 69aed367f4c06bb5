"""What is typed, or read by a barcode scanner, at the desk. A scanner ends with Enter, which sends the form."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.staff.fields import BarcodeField, CardNumberField, DayField

SCANNED: dict[str, Any] = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class Lending(forms.Form):
    """A card, and then one copy after another."""

    card_number = CardNumberField(label=_("card number"), max_length=32, widget=forms.TextInput(SCANNED))
    barcode = BarcodeField(label=_("barcode"), max_length=32, required=False, widget=forms.TextInput(SCANNED))

    borrowed_on = DayField(
        label=_("lent on, if earlier"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("For loans made while the system was away."),
    )

    on_screen = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput)

    def clean_borrowed_on(self) -> date | None:
        """A day in the past, or none for today. Raises `ValidationError`."""
        day: date | None = self.cleaned_data["borrowed_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("A loan can't be made in the future."))
        if day and day.year < 1900:
            raise forms.ValidationError(_("That is too long ago."))
        return day

    def backdate(self) -> date | None:
        """The day in the past that this loan is recorded for. It ends with the patron it was typed for: another card
        than the one on the screen is lent to as of today."""
        same = self.cleaned_data["on_screen"].upper() in {"", self.cleaned_data["card_number"].upper()}
        return self.cleaned_data["borrowed_on"] if same else None

    def show_card(self, card_number: str) -> None:
        """Notes whose account the page shows."""
        self.data = {**dict(self.data.items()), "on_screen": card_number} if self.is_bound else self.data

    def focus(self, name: str) -> None:
        """Has the cursor wait in that field."""
        self.fields[name].widget.attrs["autofocus"] = True


class TakingBack(forms.Form):
    """One copy after another, whoever had them."""

    barcode = BarcodeField(label=_("barcode"), max_length=32, widget=forms.TextInput({**SCANNED, "autofocus": True}))

    returned_on = DayField(
        label=_("brought back on, if earlier"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("For a book drop: days late are counted to that day."),
    )

    def clean_returned_on(self) -> date | None:
        """A day in the past, or none for today. Raises `ValidationError`."""
        day: date | None = self.cleaned_data["returned_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("A return can't be in the future."))
        return day
