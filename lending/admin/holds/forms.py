"""What a librarian types about holds."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.days.holidays import UnknownHolidays
from kernel.staff.fields import CardNumberField, DayField, Named
from kernel.staff.forms import ServiceForm
from lending.calendar.memory import calendar_in_force
from lending.models import Book, Hold
from lending.queries import holders_of


class Placing(ServiceForm):
    """Who waits, and for what."""

    card_number = CardNumberField(label=_("card number"), max_length=32)
    book_number = forms.IntegerField(
        label=_("number of the book"),
        min_value=1,
        max_value=2**63 - 1,
        help_text=_("Looking the book up at the desk, with a card on screen, fills in both."),
    )

    class Meta:
        model = Hold
        fields: ClassVar[Any] = ("volume",)

    field_order = ("card_number", "book_number", "volume")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        number = str((self.data if self.is_bound else self.initial).get("book_number", "")).strip()
        if number.isdecimal() and len(number) < 19 and (known := _lent_under(int(number))):
            field = self.fields["book_number"]
            field.label, field.help_text, field.widget = _("book"), "", Named(known.title)

    def clean_card_number(self) -> int:
        """The id of who has the card. Raises `ValidationError`."""
        holders = holders_of(self.cleaned_data["card_number"])
        if not holders:
            raise forms.ValidationError(_("No card has that number."))
        return holders[0]

    def clean_book_number(self) -> int:
        """The book's id. Raises `ValidationError` for one that lending does not know."""
        number: int = self.cleaned_data["book_number"]
        if not _lent_under(number):
            raise forms.ValidationError(_("No book has that number."))
        return number


class Suspending(forms.Form):
    """To which day others pass."""

    until = DayField(
        label=_("hold suspended until"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The last day. Without it: until it is resumed."),
    )

    def clean_until(self) -> date | None:
        """Nothing is suspended in the past. Raises `ValidationError`."""
        day: date | None = self.cleaned_data["until"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("The last day of a suspended hold can't be past."))
        return day


class PickupDay(forms.Form):
    """To which day a copy stands on the hold shelf."""

    pickup_by = DayField(label=_("to be collected by"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

    def clean_pickup_by(self) -> date:
        """What is collected is collected on an open day, from today on. Raises `ValidationError`."""
        day: date = self.cleaned_data["pickup_by"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("The last day to collect it can't be past."))
        if not _is_open(day):
            raise forms.ValidationError(_("The library is closed on that day."))
        return day


class Moving(forms.Form):
    """Which hold gets which position."""

    hold = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    position = forms.IntegerField(min_value=1, max_value=1_000_000)


def _lent_under(number: int) -> Book | None:
    """The book with that number, None where there is none any more."""
    return Book.objects.filter(pk=number, withdrawn=False).first()


def _is_open(day: date) -> bool:
    try:
        return calendar_in_force().is_open(day)
    except UnknownHolidays:
        return False
