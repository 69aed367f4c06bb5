"""Books as they go in and out at the catalogue's door."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from catalog.models import Book
from catalog.paging import ORDERINGS
from catalog.rules import FIRST_YEAR, LAST_YEAR, normalised_language
from kernel.http.input.fields import IsbnDigits, Text, WholeNumber

MOST_AT_ONCE = 1_000
LANGUAGE = {
    "type": "string",
    "maxLength": 35,
    "pattern": "^[A-Za-z0-9]{1,8}([-_][A-Za-z0-9]{1,8})*$",
    "description": "A language tag (BCP 47), such as `ko`.",
}
ORDERING_NAMES = [name.removeprefix("-").upper() + "_DESCENDING" * name.startswith("-") for name in ORDERINGS]


@extend_schema_field(LANGUAGE)
class LanguageField(Text):
    """A language's tag."""


@extend_schema_field({"type": "string", "enum": ORDERINGS, "x-enum-varnames": ORDERING_NAMES})
class OrderingField(serializers.ChoiceField):
    """What a list of books is sorted by."""


def names(longest: int = 300) -> serializers.ListField:
    """A list of names, such as authors."""
    return serializers.ListField(child=Text(max_length=longest), max_length=100, default=list)


def language_tag(language: str) -> str:
    """The shortest tag. Raises `ValidationError`."""
    try:
        return normalised_language(language)
    except ValueError as error:
        raise serializers.ValidationError(_("Name a language by its tag, such as ko or en.")) from error


@extend_schema_serializer(component_name="UpdateBook")
class RecordChanges(serializers.Serializer[Any]):
    isbn = IsbnDigits(allow_null=True, default=None)
    title = Text(max_length=1000)
    authors = names()
    publisher = Text(max_length=500, allow_blank=True, default="")
    published_year = WholeNumber(min_value=FIRST_YEAR, max_value=LAST_YEAR, allow_null=True, default=None)
    volume = Text(max_length=50, allow_blank=True, default="")
    series = Text(max_length=500, allow_blank=True, default="")
    other_titles = names(longest=1000)
    other_isbns = serializers.ListField(child=IsbnDigits(), max_length=100, default=list)
    language = LanguageField(max_length=35, allow_blank=True, default="")
    subjects = names()
    vars()["class"] = Text(source="class_number", max_length=50, allow_blank=True, default="")
    call_number = Text(max_length=100, allow_blank=True, default="")
    description = Text(max_length=20_000, allow_blank=True, default="")

    def validate_other_isbns(self, isbns: list[str]) -> list[str]:
        """Each once."""
        return list(dict.fromkeys(isbns))

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
    vars()["class"] = serializers.CharField(source="class_number")
    other_titles = serializers.ListField(child=serializers.CharField())
    other_isbns = serializers.ListField(child=serializers.CharField())
    copies_total = serializers.IntegerField()
    copies_available = serializers.IntegerField()

    class Meta:
        model = Book
        fields = (
            "id", "isbn", "title", "authors", "publisher", "published_year", "language", "subjects", "call_number",
            "description", "volume", "class", "series", "other_titles", "other_isbns", "copies_total",
            "copies_available",
        )  # fmt: skip
        read_only_fields = fields


class BookFilters(serializers.Serializer[Any]):
    q = serializers.CharField(required=False, allow_blank=True, max_length=200)
    isbn = IsbnDigits(required=False)
    author = serializers.CharField(required=False, max_length=200)
    language = LanguageField(required=False, max_length=35)
    available = serializers.BooleanField(required=False)
    ordering = OrderingField(ORDERINGS, required=False)

    def validate_language(self, language: str) -> str:
        """The shortest tag."""
        return language_tag(language)
