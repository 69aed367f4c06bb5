"""Copies and their types as they go in and out at the catalogue's door."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from catalog.models import Copy, CopyType
from catalog.rules import LONGEST_BARCODE
from kernel.http.input.fields import Barcode, Code, Flag, Text, WholeNumber
from kernel.values.currencies import MOST_MONEY

MOST_AT_ONCE = 1_000
CODE = r"^[a-z0-9][a-z0-9_-]*$"
WHERE = [*(place.value for place in Copy.Place if place), "withdrawn"]
BARCODES = {
    "type": "array",
    "items": {"type": "string", "minLength": 1, "maxLength": LONGEST_BARCODE},
    "minItems": 1,
    "maxItems": MOST_AT_ONCE,
    "uniqueItems": True,
}


@extend_schema_field(BARCODES)
class BarcodesField(serializers.ListField):
    """Barcodes, none of them twice."""


@extend_schema_field({"type": "string", "minLength": 1, "maxLength": 32, "pattern": CODE})
class TypeCode(Text):
    """The code of a type of copies."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=32, **options)

    def to_internal_value(self, data: Any) -> str:
        """The code. Raises `ValidationError` for a type that there is none of."""
        code = super().to_internal_value(data)
        if not CopyType.objects.filter(pk=code).exists():
            raise serializers.ValidationError(_("There is no type of copies with this code."))
        return code


class CopyRecord(serializers.Serializer[Any]):
    """What may be said of a copy besides its barcode."""

    type = TypeCode(required=False, allow_null=True)
    for_loan = Flag(required=False)
    shelving_mark = Text(max_length=20, allow_blank=True, required=False)
    volume = Text(max_length=50, allow_blank=True, required=False)
    copy_number = Text(max_length=20, allow_blank=True, required=False)
    price = WholeNumber(min_value=0, max_value=MOST_MONEY, allow_null=True, required=False)
    items = serializers.ListField(child=Text(max_length=100), max_length=20, required=False)


@extend_schema_serializer(component_name="UpdateCopy")
class CopyChanges(CopyRecord):
    barcode = Barcode(required=False)


class NewCopies(CopyRecord):
    count = WholeNumber(min_value=1, max_value=MOST_AT_ONCE, required=False)
    barcodes = serializers.ListField(child=Barcode(), min_length=1, max_length=MOST_AT_ONCE, required=False)

    def validate(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """A number or barcodes, and no barcode twice."""
        if ("count" in wanted) == ("barcodes" in wanted):
            raise serializers.ValidationError({"count": [_("Give either count or barcodes.")]})
        barcodes = wanted.get("barcodes", [])
        if len({barcode.upper() for barcode in barcodes}) < len(barcodes):
            raise serializers.ValidationError({"barcodes": [_("A barcode stands twice in the list.")]})
        return wanted


@extend_schema_serializer(component_name="AddCopies")
class NumberOfCopies(CopyRecord):
    """So many copies, with the barcodes that the library prints."""

    count = WholeNumber(min_value=1, max_value=MOST_AT_ONCE)


@extend_schema_serializer(component_name="AddBarcodedCopies")
class BarcodedCopies(CopyRecord):
    """A copy for each of the barcodes."""

    barcodes = BarcodesField()


ADDED_COPIES = PolymorphicProxySerializer(
    "AnyAddCopies", [NumberOfCopies, BarcodedCopies], resource_type_field_name=None
)
"""The bodies in the API's description that add copies."""


@extend_schema_serializer(component_name="Copy")
class CopyShown(serializers.ModelSerializer[Copy]):
    book = serializers.IntegerField(source="book_id")
    type = serializers.CharField(source="type_id", allow_null=True)
    items = serializers.ListField(child=serializers.CharField())
    condition = serializers.ChoiceField(Copy.Condition.choices)
    where = serializers.ChoiceField(WHERE, allow_null=True)
    loan = serializers.IntegerField(allow_null=True)
    on_loan = serializers.SerializerMethodField()

    class Meta:
        model = Copy
        fields = (
            "id", "book", "barcode", "type", "for_loan", "shelving_mark", "volume", "copy_number", "price", "items",
            "condition", "where", "loan", "on_loan", "added_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_on_loan(self, copy: Copy) -> bool:
        """Whether a patron has it."""
        return copy.place == Copy.Place.LOAN


class CopyFilters(serializers.Serializer[Any]):
    barcode = Barcode(required=False)


@extend_schema_serializer(component_name="UpdateCopyType")
class CopyTypeNames(serializers.Serializer[Any]):
    name_ko = Text(max_length=100)
    name_en = Text(max_length=100)


@extend_schema_serializer(component_name="AddCopyType")
class NewCopyType(CopyTypeNames):
    code = Code(CODE, max_length=32)


@extend_schema_serializer(component_name="CopyType")
class CopyTypeShown(serializers.ModelSerializer[CopyType]):
    class Meta:
        model = CopyType
        fields = ("code", "name_ko", "name_en")
        read_only_fields = fields
