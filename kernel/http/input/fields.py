"""Fields that take the type the contract names, and no other that could be turned into it."""

from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import ProhibitNullCharactersValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import get_error_detail
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from kernel.http.input.numbers import LARGEST_ID, whole_number
from kernel.labels.reading import barcode_of, card_number_of
from kernel.values.barcodes import LONGEST_BARCODE
from kernel.values.cards import LONGEST_CARD_NUMBER
from kernel.values.dates import read_date
from kernel.values.isbns import read_isbn
from kernel.values.phones import LONGEST_PHONE, read_phone

Value = TypeVar("Value")
NOT_STORED = (ProhibitNullCharactersValidator(), ProhibitSurrogateCharactersValidator())
LONGEST_ISBN = 64
DIGIT, NO_DIGITS = "[0-9\uff10-\uff19]", "[^0-9\uff10-\uff19]{0,3}"
ISBN = {
    "type": "string",
    "maxLength": LONGEST_ISBN,
    "pattern": f"{DIGIT}({NO_DIGITS}{DIGIT}){{8}}{NO_DIGITS}({DIGIT}|[Xx])",
    "description": "ISBN-13 or ISBN-10, with or without hyphens, as it stands on the book or in a record.",
}


class WholeNumber(serializers.IntegerField):
    """A JSON integer; text, fractions and truth values are refused."""

    def to_internal_value(self, data: Any) -> int:
        """The number. Raises `ValidationError`."""
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """A JSON string; numbers are refused, and characters that no database takes."""

    def to_internal_value(self, data: Any) -> str:
        """The text without white space at its ends, which may be looked up. Raises `ValidationError`."""
        if not isinstance(data, str):
            self.fail("invalid")
        text = super().to_internal_value(data)
        try:
            for refuse in NOT_STORED:  # as this field's validators do in the end
                refuse(text)
        except DjangoValidationError as error:
            raise serializers.ValidationError(get_error_detail(error)) from error
        return text


class Flag(serializers.BooleanField):
    """JSON's true or false; words and numbers that mean as much are refused."""

    def to_internal_value(self, data: Any) -> bool:
        """Which of both. Raises `ValidationError`."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Code(serializers.RegexField):
    """A JSON string of that form; numbers are refused."""

    def to_internal_value(self, data: Any) -> str:
        """The code. Raises `ValidationError`."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Barcode(Text):
    """A barcode as a scanner sends it, read by `barcode_of`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_BARCODE, **options)

    def to_internal_value(self, data: Any) -> str:
        """The barcode. Raises `ValidationError`."""
        return _read(barcode_of, super().to_internal_value(data))


class CardNumber(Text):
    """The number of a card as a scanner sends it, read by `card_number_of`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_CARD_NUMBER, **options)

    def to_internal_value(self, data: Any) -> str:
        """The number. Raises `ValidationError`."""
        return _read(card_number_of, super().to_internal_value(data))


class Phone(Text):
    """A telephone number, read by `read_phone`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST_PHONE, **options)

    def to_internal_value(self, data: Any) -> str:
        """The number, or nothing. Raises `ValidationError`."""
        return _read(read_phone, super().to_internal_value(data))


@extend_schema_field(ISBN)
class IsbnDigits(Text):
    """An ISBN in any of its forms, read by `read_isbn`."""

    def to_internal_value(self, data: Any) -> str:
        """The 13 digits. Raises `ValidationError`."""
        text = super().to_internal_value(data)
        if len(text) > LONGEST_ISBN:
            self.fail("max_length", max_length=LONGEST_ISBN)
        return _read(read_isbn, text).digits


class Day(serializers.DateField):
    """A day, in ISO 8601 or as people write it, read by `read_date`."""

    def to_internal_value(self, value: Any) -> date:
        """The day. Raises `ValidationError`."""
        if not isinstance(value, str):
            return super().to_internal_value(value)
        return _read(read_date, value)


class DigitsInAddress(serializers.IntegerField):
    """A whole number in an address, as `whole_number` reads it."""

    def to_internal_value(self, data: Any) -> int:
        """The number. Raises `ValidationError`."""
        try:
            return whole_number(data)
        except ValueError:
            self.fail("invalid")


def _read(read: Callable[[str], Value], text: str) -> Value:
    """What a reader of values makes of the text. Raises `ValidationError` with its sentence."""
    try:
        return read(text)
    except ValueError as error:
        raise serializers.ValidationError(str(error)) from error


def identifier(**options: Any) -> WholeNumber:
    """A field for the id of something."""
    return WholeNumber(min_value=1, max_value=LARGEST_ID, **options)


def filter_by_id(**options: Any) -> DigitsInAddress:
    """A filter in an address for the id of something."""
    return DigitsInAddress(min_value=1, max_value=LARGEST_ID, required=False, **options)
