"""Dry runs and explanations at lending's door."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from kernel.http.schema import ReasonShown
from lending.api.rules.policy_serializers import PolicyShown


class BorrowingOptions(serializers.Serializer[Any]):
    dry_run = serializers.BooleanField(default=False)


@extend_schema_serializer(component_name="DryRun")
class DryRunShown(serializers.Serializer[Any]):
    allowed = serializers.BooleanField()
    due_on = serializers.DateField(allow_null=True)
    reasons = ReasonShown(many=True)
    explanation = serializers.ListField(child=serializers.CharField())


@extend_schema_serializer(component_name="DayOfLoan")
class DayShown(serializers.Serializer[Any]):
    date = serializers.DateField()
    open = serializers.BooleanField()
    why = serializers.CharField(allow_blank=True)


@extend_schema_serializer(component_name="LoanExplanation")
class ExplanationShown(serializers.Serializer[Any]):
    loan = serializers.IntegerField()
    explanation = serializers.ListField(child=serializers.CharField())
    policy = PolicyShown()
    days = DayShown(many=True)
