"""Author marks as they are asked for."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from catalog.call_numbers.number_tables import TABLES
from kernel.http.input.fields import Text


class AuthorMarkWanted(serializers.Serializer[Any]):
    author = Text(max_length=300)
    title = Text(max_length=1000, allow_blank=True, default="")
    table = serializers.ChoiceField(list(TABLES), default=settings.AUTHOR_MARK_TABLE)


@extend_schema_serializer(component_name="AuthorMark")
class AuthorMarkShown(serializers.Serializer[Any]):
    mark = serializers.CharField()
