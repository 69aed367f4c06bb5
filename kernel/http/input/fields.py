"""Fields that take the type the contract names, and no other that could be turned into it."""

from typing import Any

from rest_framework import serializers

from kernel.http.input.numbers import LARGEST_ID, whole_number


class WholeNumber(serializers.IntegerField):
    """A JSON integer; text, fractions and truth values are refused."""

    def to_internal_value(self, data: Any) -> int:
        """The number. Raises `ValidationError`."""
        if type(data) is not int:
            self.fail("invalid")
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """A JSON string; numbers are refused."""

    def to_internal_value(self, data: Any) -> str:
        """The text without white space at its ends. Raises `ValidationError`."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class DigitsInAddress(serializers.IntegerField):
    """A whole number in an address, as `whole_number` reads it."""

    def to_internal_value(self, data: Any) -> int:
        """The number. Raises `ValidationError`."""
        try:
            return whole_number(data)
        except ValueError:
            self.fail("invalid")


def identifier(**options: Any) -> WholeNumber:
    """A field for the id of something."""
    return WholeNumber(min_value=1, max_value=LARGEST_ID, **options)


def filter_by_id(**options: Any) -> DigitsInAddress:
    """A filter in an address for the id of something."""
    return DigitsInAddress(min_value=1, max_value=LARGEST_ID, required=False, **options)
