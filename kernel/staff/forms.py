"""Forms whose fields go to a service."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from kernel.refusals import Refused


class ServiceForm(forms.ModelForm):
    """A form whose fields go to a service. What the service refused stands on it as an error."""

    refusal: ClassVar[Refused | None] = None

    def clean(self) -> dict[str, Any]:
        """The fields. Raises `ValidationError` with the refusal's sentence."""
        if self.refusal:
            raise ValidationError(str(self.refusal))
        return super().clean() or self.cleaned_data
