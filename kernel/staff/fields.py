"""Form fields of the staff side."""

import re
from typing import Any

from django import forms

MARKS = re.compile(r"[,\s]|원|₩|KRW")


class MoneyField(forms.IntegerField):
    """A whole number of KRW, typed with or without commas and the currency."""

    widget = forms.TextInput

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs["inputmode"] = "numeric"

    def to_python(self, value: Any) -> int | None:
        """The number. Raises `ValidationError`."""
        return super().to_python(MARKS.sub("", value) if isinstance(value, str) else value)
