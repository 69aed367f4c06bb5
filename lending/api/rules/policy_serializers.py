"""Policies as they go in and out at lending's door."""

import json
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from kernel.http.input.fields import Code, Day, Flag, Text, WholeNumber
from kernel.http.input.parsing import Part
from lending.models import BEGINNING, Policy
from lending.policies.table import Decision
from lending.policies.trial import SUSPENDS_NOBODY, suspends_nobody
from lending.policy_fields import NAMES, SECTIONS, Kind, flattened, kind_of

CODE = r"^[a-z0-9][a-z0-9_-]*$"


class OneOf(serializers.Field[Any, Any, Any, Any]):
    """One of a few values, which may be of different types."""

    def __init__(self, choices: tuple[bool | str, ...], **options: Any) -> None:
        super().__init__(**options)
        self._values = choices

    def to_internal_value(self, data: Any) -> Any:
        """The value. Raises `ValidationError`."""
        if any(type(data) is type(choice) and data == choice for choice in self._values):
            return data
        written = ", ".join(json.dumps(choice) for choice in self._values)
        raise serializers.ValidationError(_("It must be one of these: %(values)s.") % {"values": written})

    def to_representation(self, value: Any) -> Any:
        """The value."""
        return value


def _field(kind: Kind, *, required: bool) -> serializers.Field[Any, Any, Any, Any]:
    if kind.most is not None:
        options: dict[str, Any] = {"min_value": kind.least, "max_value": kind.most, "allow_null": kind.nullable}
        return WholeNumber(**options, required=required)
    choices = kind.choices or (True, False)
    if choices == (True, False):
        return Flag(required=required)
    words = [choice for choice in choices if isinstance(choice, str)]
    described: dict[str, Any] = {"type": "string", "enum": words}
    if len(words) < len(choices):
        described = {"oneOf": [{"type": "boolean"}, described]}
    return extend_schema_field(described)(type("Choice", (OneOf,), {}))(choices, required=required)


def _section(section: str, *, given: bool) -> type[serializers.Serializer[Any]]:
    """The fields of a section: in a body each may be left out."""
    fields: dict[str, Any] = {
        name: _field(kind_of(f"{section}.{name}"), required=not given) for name in SECTIONS[section]
    }
    name = f"{section.capitalize()}Rules"
    name = f"Given{name}" if given else name
    return extend_schema_serializer(component_name=name)(type(name, (Part,), fields))


def _sections(*, given: bool) -> dict[str, Any]:
    return {section: _section(section, given=given)(required=not given) for section in SECTIONS}


class AdoptingPlace(serializers.Serializer[Any]):
    """From when on, for whom and for what."""

    valid_from = Day(required=False, allow_null=True)
    category = Code(CODE, max_length=32, allow_null=True, default=None)
    copy_type = Code(CODE, max_length=32, allow_null=True, default=None)

    def validate(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """The rules, by which whoever is to be suspended is. Raises `ValidationError`."""
        place = {name: wanted[name] or "" for name in ("category", "copy_type")}
        given = flattened({section: wanted[section] for section in SECTIONS if section in wanted})
        policy = Policy(valid_from=wanted.get("valid_from") or BEGINNING, given=given, **place)
        if name := suspends_nobody(policy, timezone.now()):
            section, _dot, own = name.partition(".")
            raise serializers.ValidationError({section: {own: [SUSPENDS_NOBODY]}})
        return wanted


Adopting = extend_schema_serializer(component_name="AdoptPolicy")(
    type("Adopting", (AdoptingPlace,), _sections(given=True))
)
"""A policy that is to be adopted. What it leaves out stays left out."""


class PolicyFilters(serializers.Serializer[Any]):
    on = Day(required=False)
    category = Text(max_length=32, required=False, allow_blank=True)
    copy_type = Text(max_length=32, required=False, allow_blank=True)


class ShownPlace(serializers.Serializer[Any]):
    id = serializers.IntegerField(allow_null=True)
    valid_from = serializers.DateField(allow_null=True)
    category = serializers.CharField(allow_null=True)
    copy_type = serializers.CharField(allow_null=True)
    left_out = serializers.ListField(child=serializers.ChoiceField(NAMES))

    def to_representation(self, policy: Policy) -> dict[str, Any]:
        """The policy with every field filled, and the names of those that it leaves out."""
        decision: Decision = self.context.get("decision") or self.context["policies"].shown(policy, self.context["day"])
        return {
            "id": policy.pk,
            "valid_from": policy.begins_on,
            "category": policy.category or None,
            "copy_type": policy.copy_type or None,
            **decision.rules.nested(),
            "left_out": list(decision.left_out),
        }


PolicyShown = extend_schema_serializer(component_name="Policy")(
    type("PolicyShown", (ShownPlace,), _sections(given=False))
)
"""A policy with every field filled."""
