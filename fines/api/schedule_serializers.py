"""Fee schedules as they go in and out."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from fines.fee_fields import DURATIONS, MOST_DAYS, NAMES, duration_of, duration_shown
from fines.models import FeeSchedule
from fines.schedules.rates import lacks_rate
from fines.schedules.table import shown
from kernel.http.input.fields import Code, Day, Flag, Text, WholeNumber
from kernel.http.input.parsing import Part
from kernel.values.currencies import MOST_MONEY

CODE = r"^[a-z0-9][a-z0-9_-]*$"
KINDS, PER = ("tiers", "per_day"), ("copy", "return")


def _amount(*, nullable: bool = True) -> WholeNumber:
    return WholeNumber(min_value=0, max_value=MOST_MONEY, allow_null=nullable, required=False)


@extend_schema_serializer(component_name="FeeTier")
class TierField(Part):
    from_day = WholeNumber(min_value=1, max_value=MOST_DAYS)
    amount = WholeNumber(min_value=0, max_value=MOST_MONEY)


@extend_schema_serializer(component_name="RefundWithin")
class RefundWithin(Part):
    months = WholeNumber(min_value=1, max_value=DURATIONS["months"][1], required=False)
    days = WholeNumber(min_value=0, max_value=DURATIONS["days"][1], required=False)

    def validate(self, attrs: dict[str, int]) -> dict[str, int]:
        """One of the two. Raises `ValidationError`."""
        if len(attrs) != 1:
            raise serializers.ValidationError(_("Say either months or days."))
        return attrs


@extend_schema_serializer(component_name="AdoptFeeSchedule")
class AdoptingFees(serializers.Serializer[Any]):
    """A schedule that is to be adopted. What it leaves out stays left out."""

    valid_from = Day(required=False, allow_null=True)
    category = Code(CODE, max_length=32, allow_null=True, default=None)
    copy_type = Code(CODE, max_length=32, allow_null=True, default=None)
    kind = serializers.ChoiceField(KINDS, required=False)
    tiers = TierField(many=True, required=False)
    rate = _amount()
    per = serializers.ChoiceField(PER, required=False)
    cap = _amount()
    cap_at_price = Flag(required=False)
    lost_amount = _amount()
    processing_fee = _amount(nullable=False)
    processing_fee_refunded = Flag(required=False)
    refund_within = RefundWithin(required=False, allow_null=True)
    buy_off_rate = _amount()

    def validate_tiers(self, tiers: list[dict[str, int]]) -> dict[int, int]:
        """The amount from each day late on. Raises `ValidationError`."""
        found = {tier["from_day"]: tier["amount"] for tier in tiers}
        if len(found) < len(tiers):
            raise serializers.ValidationError(_("Two tiers begin on the same day."))
        return found

    def validate_refund_within(self, within: dict[str, int] | None) -> str | None:
        """The duration."""
        return duration_of(within)

    def validate(self, fees: dict[str, Any]) -> dict[str, Any]:
        """Fees by the day with what a day costs. Raises `ValidationError`."""
        place = fees["category"] or "", fees["copy_type"] or ""
        if why := lacks_rate(fees, place, fees.get("valid_from"), timezone.localdate()):
            raise serializers.ValidationError({"rate": [why]})
        return fees


class ScheduleFilters(serializers.Serializer[Any]):
    on = Day(required=False)
    category = Text(max_length=32, required=False, allow_blank=True)
    copy_type = Text(max_length=32, required=False, allow_blank=True)


@extend_schema_serializer(component_name="FeeSchedule")
class FeeScheduleShown(serializers.Serializer[Any]):
    """A schedule with every field filled, and the names of those that it leaves out."""

    id = serializers.IntegerField()
    valid_from = serializers.DateField(allow_null=True)
    category = serializers.CharField(allow_null=True)
    copy_type = serializers.CharField(allow_null=True)
    kind = serializers.ChoiceField(KINDS)
    tiers = TierField(many=True)
    rate = serializers.IntegerField(allow_null=True)
    per = serializers.ChoiceField(PER)
    cap = serializers.IntegerField(allow_null=True)
    cap_at_price = serializers.BooleanField()
    lost_amount = serializers.IntegerField(allow_null=True)
    processing_fee = serializers.IntegerField()
    processing_fee_refunded = serializers.BooleanField()
    refund_within = RefundWithin(allow_null=True)
    buy_off_rate = serializers.IntegerField(allow_null=True)
    left_out = serializers.ListField(child=serializers.ChoiceField(NAMES))

    def to_representation(self, schedule: FeeSchedule) -> dict[str, Any]:
        """As the API has it."""
        (decision,) = shown([schedule], self.context["day"])
        values = {name: getattr(decision.fees, name) for name in NAMES}
        return {
            "id": schedule.pk,
            "valid_from": schedule.begins_on,
            "category": schedule.category or None,
            "copy_type": schedule.copy_type or None,
            **values,
            "tiers": [{"from_day": day, "amount": amount} for day, amount in decision.fees.tiers],
            "refund_within": duration_shown(decision.fees.refund_within),
            "left_out": list(decision.left_out),
        }
