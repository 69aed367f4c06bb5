"""Categories as they go in and out, and the code of one in a patron's record."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from accounts.categories.models import Category
from kernel.http.input.fields import Code, Text

CODE = r"^[a-z0-9][a-z0-9_-]*$"


@extend_schema_field({"type": "string", "minLength": 1, "maxLength": 32, "pattern": CODE})
class CategoryCode(Text):
    """The code of a category that there is."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=32, **options)

    def to_internal_value(self, data: Any) -> str:
        """The code. Raises `ValidationError` for a category that there is none of."""
        code = super().to_internal_value(data)
        if not Category.objects.filter(pk=code).exists():
            raise serializers.ValidationError(_("There is no category of patrons with this code."))
        return code


@extend_schema_serializer(component_name="UpdateCategory")
class CategoryNames(serializers.Serializer[Any]):
    name_ko = Text(max_length=100)
    name_en = Text(max_length=100)


@extend_schema_serializer(component_name="AddCategory")
class NewCategory(CategoryNames):
    code = Code(CODE, max_length=32)


@extend_schema_serializer(component_name="Category")
class CategoryShown(serializers.ModelSerializer[Category]):
    class Meta:
        model = Category
        fields = ("code", "name_ko", "name_en")
        read_only_fields = fields
