"""Form fields of the staff side, which read what is typed or scanned as every door does."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.utils.html import format_html

from kernel.labels.reading import barcode_of, card_number_of
from kernel.money import currency, typed
from kernel.values.amounts import read_amount
from kernel.values.currencies import decimal_places
from kernel.values.dates import read_date, read_year
from kernel.values.isbns import read_isbn
from kernel.values.phones import read_phone

Value = TypeVar("Value")


class MoneyField(forms.IntegerField):
    """An amount, typed with or without commas and the currency. What is not for sale has none."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "widget": forms.TextInput})
        self.widget.attrs["inputmode"] = "decimal" if decimal_places(currency()) else "numeric"

    def to_python(self, value: Any) -> int | None:
        """The number. Raises `ValidationError`."""
        if not isinstance(value, str) or not value.strip() or _is_signed(value):
            return super().to_python(value)
        return super().to_python(_read(read_amount, value))

    def prepare_value(self, value: Any) -> Any:
        """The amount as it is typed."""
        return typed(value) if isinstance(value, int) else value


class DayField(forms.DateField):
    """A day, as people write it in either language."""

    def to_python(self, value: Any) -> Any:
        """The day. Raises `ValidationError`."""
        try:
            return read_date(value) if isinstance(value, str) else super().to_python(value)
        except ValueError:
            return super().to_python(value)


class YearField(forms.IntegerField):
    """A year of publication, as title pages and records have it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "widget": forms.TextInput({"size": 10})})

    def to_python(self, value: Any) -> int | None:
        """The year. Raises `ValidationError`."""
        year = _read(read_year, value) if isinstance(value, str) else value
        return super().to_python(value if year is None else year)


class BarcodeField(forms.CharField):
    """A barcode as a scanner sends it."""

    def to_python(self, value: Any) -> str:
        """The barcode, or nothing. Raises `ValidationError`."""
        return _read(barcode_of, text) if (text := super().to_python(value)) else ""


class CardNumberField(forms.CharField):
    """The number of a card as a scanner sends it."""

    def to_python(self, value: Any) -> str:
        """The number, or nothing. Raises `ValidationError`."""
        return _read(card_number_of, text) if (text := super().to_python(value)) else ""


class PhoneField(forms.CharField):
    """A telephone number."""

    def to_python(self, value: Any) -> str:
        """The number, or nothing. Raises `ValidationError`."""
        return _read(read_phone, text) if (text := super().to_python(value)) else ""


class IsbnField(forms.CharField):
    """An ISBN in any of its forms."""

    def to_python(self, value: Any) -> str:
        """The 13 digits, or nothing. Raises `ValidationError`."""
        text = super().to_python(value) or ""
        return _read(read_isbn, text).digits if text else ""


class Named(forms.Widget):
    """What was chosen on the page before, which is sent along: people read its name."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words

    def id_for_label(self, id_: str) -> str:
        """None: there is nothing to type."""
        return ""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """The name, and what is sent."""
        return format_html(
            '<div class="readonly">{}</div><input type="hidden" name="{}" value="{}">', self.words, name, value
        )


def _is_signed(value: str) -> bool:
    return value.strip().startswith(("-", "+"))


def _read(read: Callable[[str], Value], text: str) -> Value:
    """What a reader of values makes of the text. Raises `ValidationError` with its sentence."""
    try:
        return read(text)
    except ValueError as error:
        raise forms.ValidationError(str(error)) from error
