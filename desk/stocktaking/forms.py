"""The scope of a stocktaking, what is scanned in it, and what is asked before something is done about its results."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.models import CopyType, Stocktaking
from catalog.shelf_order import shelf_key
from desk.forms import SCANNED
from kernel.staff.fields import BarcodeField, DayField
from kernel.staff.forms import ServiceForm

NONE = {"-", "–", "없음", "none"}
LONGEST = 100


class ManyValues(forms.CharField):
    """Values with commas between them, as a list; a dash stands for copies that have none."""

    def __init__(self, label: Any, help_text: Any = "") -> None:
        super().__init__(label=label, help_text=help_text, required=False, max_length=500)

    def to_python(self, value: Any) -> Any:
        """The values, each once."""
        words = [word.strip() for word in str(value or "").split(",") if word.strip()]
        return list(dict.fromkeys("" if word.casefold() in NONE else word for word in words))

    def validate(self, value: Any) -> None:
        """Raises `ValidationError` for one that no copy can have."""
        if any(len(word) > LONGEST for word in value):
            raise forms.ValidationError(_("That is too long."))

    def run_validators(self, value: Any) -> None:
        """A list has no length of a text."""


class ScopeForm(ServiceForm):
    """Which copies it is about: what is left empty stands for everything."""

    name = forms.CharField(label=_("name"), max_length=100, widget=forms.TextInput({"size": 40}))
    rooms = ManyValues(_("rooms"), _("Several with commas between; empty: every room."))
    shelving_marks = ManyValues(
        _("shelving marks"), _("Such as 아동, R; a dash (-) for copies that have none; empty: all.")
    )
    first_call_number = forms.CharField(label=_("from call number"), max_length=100, required=False)
    last_call_number = forms.CharField(
        label=_("to call number"),
        max_length=100,
        required=False,
        help_text=_("What begins so is in it: 819 takes 819.9 along."),
    )
    types = forms.MultipleChoiceField(
        label=_("types of copies"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("None: all.")
    )
    states = forms.MultipleChoiceField(
        label=_("states"),
        choices=Stocktaking.State,
        initial=["shelf", "damaged"],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Copies in these states should be found there. Whatever else is scanned is on a list of its own."),
    )

    class Meta:
        model = Stocktaking
        fields: ClassVar[Any] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["types"].choices = [(one.pk, str(one)) for one in CopyType.objects.order_by("pk")]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The scope. Raises `ValidationError` where it ends before it begins."""
        cleaned = super().clean()
        first, last = cleaned.get("first_call_number"), cleaned.get("last_call_number")
        if first and last and shelf_key(last) < shelf_key(first):
            self.add_error("last_call_number", _("It stands before the first one."))
        return cleaned


class ScanForm(forms.Form):
    """The box of the page, and in hidden fields what the page knows."""

    typed = BarcodeField(label=_("barcode"), max_length=200, widget=forms.TextInput(SCANNED))
    form_key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    stretch = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)


class ReturnedOn(forms.Form):
    """When it came back; nobody saw it."""

    returned_on = DayField(
        label=_("came back on"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Empty: today. Days late are counted to that day."),
    )

    def clean_returned_on(self) -> date | None:
        """A day that is not in the future. Raises `ValidationError`."""
        day: date | None = self.cleaned_data["returned_on"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("Neither a loan nor a return can be in the future."))
        return day
