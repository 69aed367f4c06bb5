"""Forms whose fields go to a service."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.refusals import Refused

VERSION, PREVIEW = "form_version", "_preview"


class ReasonForm(forms.Form):
    """Why something is done; the reason is kept with it."""

    reason = forms.CharField(label=gettext_lazy("reason"), max_length=500, widget=forms.TextInput({"size": 60}))


class ServiceForm(forms.ModelForm):
    """A form whose fields go to a service. What the service refused stands on it as an error.

    Its page carries what it showed (`version`). When somebody changed one of these values meanwhile, nothing is saved,
    and the form says what there is now beside what was typed; sent again, it is saved.
    """

    refusal: ClassVar[Refused | None] = None

    def clean(self) -> dict[str, Any]:
        """The fields. Raises `ValidationError` with the refusal's sentence, or with what was changed meanwhile."""
        if self.refusal:
            raise ValidationError(str(self.refusal))
        if changes := list(self._changed_meanwhile()):
            sentence = _("Somebody changed this after you had opened it. Nothing was saved; save again to keep yours.")
            raise ValidationError([sentence, *changes])
        return super().clean() or self.cleaned_data

    def version(self) -> str:
        """What stands in the fields before anybody types, each value as a digest."""
        return json.dumps({name: _digest(self.get_initial_for_field(self.fields[name], name)) for name in self.fields})

    def _changed_meanwhile(self) -> Iterator[str]:
        for name, digest in _digests(self.data.get(VERSION, "")).items():
            field = self.fields.get(name)
            if field is None or name not in self.cleaned_data:
                continue
            now, typed = self.get_initial_for_field(field, name), self.cleaned_data[name]
            sent = self[name].data
            if digest != _digest(now) and field.has_changed(now, sent):
                values = {
                    "field": capfirst(str(field.label)),
                    "now": _written(field, now),
                    # Lines of a text are known to the reader as they were sent; the field has made ids of them.
                    "typed": sent if isinstance(typed, list) and isinstance(sent, str) else _written(field, typed),
                }
                yield _("%(field)s: now “%(now)s”, typed “%(typed)s”.") % values


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, default=str).encode()).hexdigest()[:16]


def _digests(version: str) -> dict[str, str]:
    try:
        found = json.loads(version) if version else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _written(field: Any, value: Any) -> str:
    """A value as the form's reader knows it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    values = value if isinstance(value, list) else [value]
    labels = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    return ", ".join(labels.get(str(one), str(one)) for one in values if one is not None)


class PreviewedForm(ServiceForm):
    """A form that can show what would come of it before anything is saved: sent with `PREVIEW` it is not valid."""

    def clean(self) -> dict[str, Any]:
        """The fields. Raises `ValidationError` where only a preview is asked for."""
        cleaned = super().clean()
        if PREVIEW in self.data and not self.errors:
            raise ValidationError(_("Nothing is saved yet: look at what is shown below, then save."), code=PREVIEW)
        return cleaned

    def preview(self) -> list[str] | None:
        """What would come of it, in lines; None where no preview is asked for."""
        return list(self.shown()) if self.has_error("__all__", PREVIEW) else None

    def shown(self) -> Iterable[str]:
        """The lines of the preview."""
        raise NotImplementedError
