"""A book's record as librarians type it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.validators import ProhibitNullCharactersValidator, RegexValidator
from django.utils.translation import gettext_lazy as _

from catalog.models import Book, Copy
from catalog.rules import LONGEST_BARCODE, normalised_language
from kernel.labels.reading import barcode_of
from kernel.staff.fields import BarcodeField, IsbnField, MoneyField, YearField
from kernel.staff.forms import ServiceForm
from kernel.staff.languages import language_name, languages_to_choose
from kernel.values.currencies import MOST_MONEY
from kernel.values.isbns import read_isbn

MOST_AT_ONCE, NO_NUL = 1_000, ProhibitNullCharactersValidator()


def isbn_digits(text: str) -> str:
    """The 13 digits. Raises `ValueError`."""
    return read_isbn(text).digits


class Lines(forms.CharField):
    """A list, typed one item per line, each read by a reader of values where one is given."""

    widget = forms.Textarea

    def __init__(self, *, longest: int, read: Callable[[str], str] = str.strip, **options: Any) -> None:
        self.longest, self.read = longest, read
        super().__init__(required=False, **{"widget": forms.Textarea({"rows": 3}), **options})

    def prepare_value(self, value: Any) -> Any:
        """The list as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """The lines without empty ones. Raises `ValidationError` for a line that is too long or can't be read."""
        text = super().to_python(value) or ""
        NO_NUL(text)  # the field's own would look for it in the list, where it is escaped
        lines = [line for line in text.splitlines() if line.strip()]
        if any(len(line.strip()) > self.longest for line in lines):
            raise forms.ValidationError(_("A line may have %(longest)s characters.") % {"longest": self.longest})
        return [self._read_line(line) for line in lines]

    def _read_line(self, line: str) -> str:
        try:
            return self.read(line)
        except ValueError as error:
            raise forms.ValidationError(f"{line.strip()}: {error}") from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the list is another one."""
        return (initial or []) != self.to_python(data)


class LanguageField(forms.ChoiceField):
    """A language, chosen by its name; programs that send a tag may send any."""

    def to_python(self, value: Any) -> str:
        """The shortest tag. Raises `ValidationError`."""
        try:
            return normalised_language(value) if value else ""
        except ValueError as error:
            raise forms.ValidationError(_("Choose a language of the list.")) from error

    def valid_value(self, value: Any) -> bool:
        """Whatever is a tag."""
        return True


class BookForm(ServiceForm):
    """The record, and the copies that come onto the shelf with it."""

    isbn = IsbnField(label=_("ISBN"), required=False)
    language = LanguageField(label=_("language"), required=False)
    authors = Lines(label=_("authors"), longest=300, help_text=_("One per line."))
    subjects = Lines(label=_("subjects"), longest=300, help_text=_("One per line."))
    other_titles = Lines(label=_("other titles"), longest=1000, help_text=_("One per line."))
    other_isbns = Lines(label=_("other ISBNs"), longest=64, read=isbn_digits, help_text=_("One per line."))
    cover = forms.FileField(
        label=_("new cover"),
        required=False,
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_("A JPEG, PNG or WebP picture of the front, up to 10 MB."),
    )
    remove_cover = forms.BooleanField(label=_("take the cover away"), required=False)
    copies = forms.IntegerField(
        label=_("number of new copies"),
        required=False,
        min_value=0,
        max_value=MOST_AT_ONCE,
        help_text=_("They get barcodes of the library's own."),
    )
    letters = forms.CharField(
        label=_("letters of their numbers"),
        required=False,
        max_length=4,
        validators=[RegexValidator(r"^[A-Za-z]+$", _("Letters from A to Z only."))],
        help_text=_("Such as EM: they get the next numbers behind the last one that begins so."),
    )
    barcodes = Lines(
        label=_("or their barcodes"),
        longest=LONGEST_BARCODE,
        read=barcode_of,
        help_text=_("One per line, for copies that have one."),
    )

    class Meta:
        model = Book
        fields = (
            "title", "volume", "authors", "isbn", "publisher", "published_year", "language", "subjects",
            "class_number", "call_number", "series", "other_titles", "other_isbns", "isbn_addon", "class_scheme",
            "description", "loans_before",
        )  # fmt: skip
        widgets = {"title": forms.TextInput({"class": "vLargeTextField"})}
        field_classes = {"published_year": YearField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if language := self.fields.get("language"):
            own, choices = self.instance.language, list(languages_to_choose())
            known = {tag for tag, _name in choices} | {""}
            language.choices = choices + [(own, language_name(own))] * (own not in known)  # type: ignore[attr-defined]

    def clean_isbn(self) -> str | None:
        """The 13 digits, or none."""
        return self.cleaned_data["isbn"] or None

    def clean_other_isbns(self) -> list[str]:
        """Each once."""
        return list(dict.fromkeys(self.cleaned_data["other_isbns"]))

    def clean_isbn_addon(self) -> str:
        """Five digits, the first alone, as lists have it, or nothing. Raises `ValidationError`."""
        addon: str = self.cleaned_data["isbn_addon"]
        if addon and not (addon.isascii() and addon.isdigit() and len(addon) in {1, 5}):
            raise forms.ValidationError(_("The add-on symbol has five digits, or its first one alone."))
        return addon

    def clean_loans_before(self) -> int:
        """How many; nothing typed is none."""
        return self.cleaned_data["loans_before"] or 0

    def clean_letters(self) -> str:
        """Letters, for a number of copies. Raises `ValidationError`."""
        letters: str = self.cleaned_data["letters"]
        if letters and not self.cleaned_data.get("copies"):
            raise forms.ValidationError(_("Say how many copies get such numbers."))
        return letters

    def clean_barcodes(self) -> list[str]:
        """Barcodes in place of a number of copies, none of them twice. Raises `ValidationError`."""
        barcodes: list[str] = self.cleaned_data["barcodes"]
        if barcodes and self.cleaned_data.get("copies"):
            raise forms.ValidationError(_("Give either a number of copies or their barcodes."))
        if len({barcode.upper() for barcode in barcodes}) < len(barcodes):
            raise forms.ValidationError(_("A barcode stands twice in the list."))
        if len(barcodes) > MOST_AT_ONCE:
            raise forms.ValidationError(_("At most %(most)s copies at once.") % {"most": MOST_AT_ONCE})
        return barcodes


class CopyForm(ServiceForm):
    """A copy's own record."""

    price = MoneyField(label=_("price"), required=False, min_value=0, max_value=MOST_MONEY)
    items = Lines(
        label=_("accompanying items"), longest=100, help_text=_("One per line, such as a CD that goes along.")
    )

    class Meta:
        model = Copy
        fields = (
            "barcode", "type", "for_loan", "shelving_mark", "volume", "copy_number", "room", "price", "items",
        )  # fmt: skip
        field_classes = {"barcode": BarcodeField}
