"""Books as a kind of import: what the engine of `kernel.importing` needs of them."""

import codecs
from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.importing import files
from catalog.importing.deciding import decide
from catalog.importing.fitting import read_again, says
from catalog.importing.reasons import Reason
from catalog.importing.records import LABELS
from catalog.importing.settling import settle
from catalog.importing.tables.headings import FIELDS
from catalog.importing.taking import take
from catalog.importing.undoing import undo
from catalog.models import Book
from kernel.importing.kinds import Kind
from kernel.importing.models import Doubt

FORMATS = [("auto", _("found out")), ("marc", "MARC (.mrc)"), ("marcxml", "MARCXML"), ("table", _("table"))]


class BookOptions(forms.Form):
    """What may be chosen for a file of books."""

    format = forms.ChoiceField(label=_("format"), choices=FORMATS, required=False)
    encoding = forms.CharField(
        label=_("encoding"),
        required=False,
        help_text=_("Only where it is not found out rightly: utf-8, cp949, utf-16, marc-8."),
    )
    source = forms.CharField(
        label=_("source"),
        required=False,
        max_length=60,
        help_text=_("The name of the system whose numbers these are, where its files come again and again."),
    )
    copies = forms.IntegerField(label=_("copies for books that bring none"), required=False, min_value=0, max_value=100)
    overwrite = forms.BooleanField(
        label=_("the file is right"), required=False, help_text=_("It replaces what was corrected here.")
    )
    take_doubts = forms.BooleanField(
        label=_("take what is in doubt"), required=False, help_text=_("Each becomes a book of its own.")
    )

    def clean_encoding(self) -> str:
        """A name that there is an encoding of. Raises `ValidationError`."""
        name: str = self.cleaned_data["encoding"].strip()
        try:
            codecs.lookup(name if name.lower() != "marc-8" else "utf-8") if name else None
        except LookupError as error:
            raise forms.ValidationError(_("There is no encoding %(name)s.") % {"name": name}) from error
        return name


def sides(doubt: Doubt) -> Sequence[tuple[str, str, str]]:
    """What the book has and what the record says, field by field, where either says anything."""
    book = Book.objects.filter(pk=doubt.subject).first()
    record = read_again(doubt.record)
    theirs = says(record)
    names = [name for name in LABELS if name in {field.name for field in Book._meta.concrete_fields}]
    ours = {name: getattr(book, name) if book else "" for name in names}
    pairs = [(str(LABELS[name]), files.as_text(ours[name]), files.as_text(theirs.get(name))) for name in names]
    copies = [copy.barcode for copy in book.copies.filter(withdrawn_at=None)] if book else []
    pairs.append((str(_("copies")), ", ".join(copies), ", ".join(filter(None, (c.barcode for c in record.copies)))))
    return [pair for pair in pairs if pair[1] or pair[2]]


BOOKS = Kind(
    name="books",
    context="catalog",
    reasons=Reason,
    read=files.read,
    expected=files.expected,
    preview=files.preview,
    take=take,
    settle=settle,
    decide=decide,
    undo=undo,
    sides=sides,
    options_form=BookOptions,
    fields=[(name, LABELS[name]) for name in FIELDS],
    labels=LABELS,
    decisions={
        Doubt.Decision.SAME: _("The same book"),
        Doubt.Decision.OTHER: _("Another edition"),
        Doubt.Decision.ASIDE: _("Set aside"),
    },
    harmless=frozenset({Reason.DELETED.value, Reason.WITHDRAWN.value, Reason.SET_ASIDE.value}),
)
