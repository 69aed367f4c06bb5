"""What is typed, or read by a barcode scanner, at the desk. A scanner ends with Enter, which sends the form."""

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk.scanning.meaning import Only
from kernel.staff.fields import DayField

SCANNED: dict[str, Any] = {
    "autocomplete": "off",
    "autocapitalize": "none",
    "spellcheck": "false",
    "autofocus": True,
    "enterkeyhint": "send",
}
LONGEST = 200
HIDDEN: dict[str, Any] = {"required": False, "widget": forms.HiddenInput}
AN_ID: dict[str, Any] = {"min_value": 1, "max_value": 2**63 - 1, **HIDDEN}


class Words(forms.CharField):
    """Words with commas between, as a tuple; None where the field was not sent."""

    def __init__(self) -> None:
        super().__init__(max_length=4_000, **HIDDEN)

    def to_python(self, value: Any) -> Any:
        """The words."""
        return tuple(word for word in str(value or "").split(",") if word)


class ManyWords(forms.Field):
    """Each value that was sent under that name, as a tuple."""

    widget = forms.MultipleHiddenInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def to_python(self, value: Any) -> Any:
        """The values."""
        return tuple(str(one)[:LONGEST] for one in value or ())


class Shared(dict[str, forms.Field]):
    """Fields that all forms of a kind share, which nobody changes: each scan took as long to copy as to read."""

    def __deepcopy__(self, memo: Any) -> "Shared":
        return self


class ScanForm(forms.Form):
    """The box, the day that scans are recorded for, and in hidden fields what the page knows."""

    typed = forms.CharField(
        label=_("card, barcode, ISBN, title or name"),
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput(SCANNED),
    )
    day = DayField(
        label=_("recorded for an earlier day"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_(
            "For loans made while the system was away, and for a book drop: days late are counted to that day."
        ),
    )
    form_key = forms.CharField(max_length=40, **HIDDEN)
    patron = forms.IntegerField(**AN_ID)
    basket = Words()
    again_of = forms.CharField(max_length=40, **HIDDEN)
    waited = forms.IntegerField(**HIDDEN)  # below 0 where the browser's clock was put back meanwhile
    only = forms.ChoiceField(choices=[(one.value, one.value) for one in Only], required=False)
    items_were_asked = forms.BooleanField(required=False)
    missing = ManyWords()
    override = Words()
    reason = forms.CharField(label=_("reason"), max_length=500, required=False)
    undo = forms.IntegerField(**AN_ID)
    renew = forms.IntegerField(**AN_ID)

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        if data is not None:  # the others are as nobody sent them: reading each took a twentieth of a card's scan
            self.fields = {name: field for name, field in self.fields.items() if name in data or name in ON_PAGE}

    def clean_day(self) -> date | None:
        """A day in the past, or none for today. Raises `ValidationError`."""
        day: date | None = self.cleaned_data["day"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("Neither a loan nor a return can be in the future."))
        if day and day.year < 1900:
            raise forms.ValidationError(_("That is too long ago."))
        return day if day != timezone.localdate() else None

    def clean(self) -> dict[str, Any]:
        """Who decides against a rule says why. Raises `ValidationError`."""
        asked = {**NOT_SENT, **self.cleaned_data}
        if asked.get("override") and not asked.get("reason"):
            raise forms.ValidationError(_("Say why the rules do not hold here."))
        return asked


ScanForm.base_fields = Shared(ScanForm.base_fields)
ON_PAGE = ("typed", "day")
NOT_SENT = {name: field.clean(None) for name, field in ScanForm.base_fields.items()}
"""What a field says that was not sent."""
