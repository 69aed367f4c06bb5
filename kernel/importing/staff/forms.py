"""The forms of an import: the file with what may be chosen for it, and how it is looked at again."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.importing.kinds import Kind
from kernel.importing.models import Import
from kernel.staff.forms import ServiceForm

FILE = "file"
COLUMN = "column_"
READING = ("format", "encoding")


class UploadForm(ServiceForm):
    """The file. What may be chosen for a kind stands below it."""

    file = forms.FileField(label=_("file"))

    class Meta:
        model = Import
        fields = ()


def upload_form(kind: Kind) -> type[UploadForm]:
    """The form of the page on which a file of that kind is uploaded."""
    return type("UploadForm", (kind.options_form, UploadForm), {"field_order": [FILE]})


def options_in(form: forms.Form | UploadForm) -> dict[str, Any]:
    """What was chosen for the file, as `Import.options`; what was left empty is left out."""
    chosen = form.cleaned_data.items()
    return {name: value for name, value in chosen if name != FILE and value not in (None, "")}


class AnotherLook:
    """The form of the preview's page: the kind's own choices, and for each column of the file what it is taken for."""

    def __init__(self, kind: Kind, run: Import, data: Any = None) -> None:
        self.kind, self.before = kind, run.options
        self.options = kind.options_form(data, initial=run.options, prefix="options")

    def columns(self, columns: Sequence[tuple[str, str]]) -> Iterator[tuple[str, forms.BoundField]]:
        """The file's columns, each with its choice."""
        choices = [("", "–"), *self.kind.fields]
        fields: dict[str, forms.Field] = {}
        for number, (heading, name) in enumerate(columns):
            fields[f"{COLUMN}{number}"] = forms.ChoiceField(
                choices=choices, label=heading, initial=name, required=False
            )
        form = type("ColumnsForm", (forms.Form,), fields)()
        return ((heading, form[f"{COLUMN}{number}"]) for number, (heading, _name) in enumerate(columns))

    def chosen(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """What was chosen, as `Import.options`; the form is valid.

        Read in another encoding, the file has other headings: what was chosen for the old ones is dropped.
        """
        options, nowhere = options_in(self.options), {name: "" for name, _label in self.kind.fields}
        sent = [(data[name], data.get(f"heading_{name}", "")) for name in data if name.startswith(COLUMN)]
        columns = nowhere | {field: heading for field, heading in sent if field in nowhere}
        is_read_alike = all(options.get(name) == self.before.get(name) for name in READING)
        return {**options, "map": columns} if sent and is_read_alike else options
