"""What goes in and out at the catalogue's door."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from catalog.models import Book, Copy
from catalog.paging import ORDERINGS
from catalog.rules import FIRST_YEAR, LAST_YEAR, LONGEST_BARCODE, normalised_isbn, normalised_language
from kernel.http.input.fields import Text, WholeNumber

MOST_AT_ONCE = 1_000
ISBN = {
    "type": "string",
    "maxLength": 32,
    "pattern": "^(97[89][ -]?([0-9][ -]?){9}[0-9]|([0-9][ -]?){9}[0-9Xx])$",
    "description": "ISBN-13 or ISBN-10, with or without hyphens.",
}
LANGUAGE = {
    "type": "string",
    "maxLength": 35,
    "pattern": "^[A-Za-z0-9]{1,8}([-_][A-Za-z0-9]{1,8})*$",
    "description": "A language tag (BCP 47), such as `ko`.",
}
ORDERING_NAMES = [name.removeprefix("-").upper() + "_DESCENDING" * name.startswith("-") for name in ORDERINGS]
BARCODES = {
    "type": "array",
    "items": {"type": "string", "minLength": 1, "maxLength": LONGEST_BARCODE},
    "minItems": 1,
    "maxItems": MOST_AT_ONCE,
    "uniqueItems": True,
}


@extend_schema_field(ISBN)
class IsbnField(Text):
    """An ISBN in one of its forms."""


@extend_schema_field(LANGUAGE)
class LanguageField(Text):
    """A language's tag."""


@extend_schema_field({"type": "string", "enum": ORDERINGS, "x-enum-varnames": ORDERING_NAMES})
class OrderingField(serializers.ChoiceField):
    """What a list of books is sorted by."""


@extend_schema_field(BARCODES)
class BarcodesField(serializers.ListField):
    """Barcodes, none of them twice."""


def names() -> serializers.ListField:
    """A list of names, such as authors."""
    return serializers.ListField(child=Text(max_length=300), max_length=100, default=list)


def isbn_digits(isbn: str) -> str:
    """The 13 digits. Raises `ValidationError`."""
    try:
        return normalised_isbn(isbn)
    except ValueError as error:
        raise serializers.ValidationError(_("This is not an ISBN: check its digits.")) from error


def language_tag(language: str) -> str:
    """The shortest tag. Raises `ValidationError`."""
    try:
        return normalised_language(language)
    except ValueError as error:
        raise serializers.ValidationError(_("Name a language by its tag, such as ko or en.")) from error


@extend_schema_serializer(component_name="UpdateBook")
class RecordChanges(serializers.Serializer[Any]):
    isbn = IsbnField(max_length=32, allow_null=True, default=None)
    title = Text(max_length=1000)
    authors = names()
    publisher = Text(max_length=500, allow_blank=True, default="")
    published_year = WholeNumber(min_value=FIRST_YEAR, max_value=LAST_YEAR, allow_null=True, default=None)
    language = LanguageField(max_length=35, allow_blank=True, default="")
    subjects = names()
    call_number = Text(max_length=100, allow_blank=True, default="")
    description = Text(max_length=20_000, allow_blank=True, default="")

    def validate_isbn(self, isbn: str | None) -> str | None:
        """The 13 digits."""
        return isbn_digits(isbn) if isbn else None

    def validate_language(self, language: str) -> str:
        """The shortest tag."""
        return language_tag(language) if language else ""


@extend_schema_serializer(component_name="RegisterBook")
class NewBook(RecordChanges):
    copies = WholeNumber(min_value=0, max_value=MOST_AT_ONCE, default=0)


@extend_schema_serializer(component_name="Book")
class BookShown(serializers.ModelSerializer[Book]):
    authors = serializers.ListField(child=serializers.CharField())
    subjects = serializers.ListField(child=serializers.CharField())
    copies_total = serializers.IntegerField()
    copies_available = serializers.IntegerField()

    class Meta:
        model = Book
        fields = (
            "id", "isbn", "title", "authors", "publisher", "published_year", "language", "subjects", "call_number",
            "description", "copies_total", "copies_available",
        )  # fmt: skip
        read_only_fields = fields


class BookFilters(serializers.Serializer[Any]):
    q = serializers.CharField(required=False, allow_blank=True, max_length=200)
    isbn = IsbnField(required=False, max_length=32)
    author = serializers.CharField(required=False, max_length=200)
    language = LanguageField(required=False, max_length=35)
    available = serializers.BooleanField(required=False)
    ordering = OrderingField(ORDERINGS, required=False)

    def validate_isbn(self, isbn: str) -> str:
        """The 13 digits."""
        return isbn_digits(isbn)

    def validate_language(self, language: str) -> str:
        """The shortest tag."""
        return language_tag(language)


class NewCopies(serializers.Serializer[Any]):
    count = WholeNumber(min_value=1, max_value=MOST_AT_ONCE, required=False)
    barcodes = serializers.ListField(
        child=Text(max_length=LONGEST_BARCODE), min_length=1, max_length=MOST_AT_ONCE, required=False
    )

    def validate(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """One of the two, and no barcode twice."""
        if len(wanted) != 1:
            raise serializers.ValidationError({"count": [_("Give either count or barcodes.")]})
        barcodes = wanted.get("barcodes", [])
        if len({barcode.upper() for barcode in barcodes}) < len(barcodes):
            raise serializers.ValidationError({"barcodes": [_("A barcode stands twice in the list.")]})
        return wanted


@extend_schema_serializer(component_name="AddCopies")
class NumberOfCopies(serializers.Serializer[Any]):
    """So many copies, with the barcodes that the library prints."""

    count = WholeNumber(min_value=1, max_value=MOST_AT_ONCE)


@extend_schema_serializer(component_name="AddBarcodedCopies")
class BarcodedCopies(serializers.Serializer[Any]):
    """A copy for each of the barcodes."""

    barcodes = BarcodesField()


ADDED_COPIES = PolymorphicProxySerializer(
    "AnyAddCopies", [NumberOfCopies, BarcodedCopies], resource_type_field_name=None
)
"""The bodies in the API's description that add copies."""


@extend_schema_serializer(component_name="Copy")
class CopyShown(serializers.ModelSerializer[Copy]):
    book = serializers.IntegerField(source="book_id")

    class Meta:
        model = Copy
        fields = ("id", "book", "barcode", "on_loan", "added_at")
        read_only_fields = fields
