"""The ids in addresses."""

from django.urls.converters import StringConverter

from kernel.http.input.numbers import whole_number


class IdConverter(StringConverter):
    """A whole number from 1 that a database can hold; anything else leads nowhere (404)."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:  # type: ignore[override]
        """The id."""
        return whole_number(value, least=1)
