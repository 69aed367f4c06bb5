"""The calendar as it goes in and out at lending's door."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from kernel.days.calendar import Day as CalendarDay
from kernel.days.holidays import countries
from kernel.http.input.fields import Day, Flag, Text, WholeNumber
from kernel.http.input.parsing import Part
from lending.calendar.closed_days import fault_in_closed_days
from lending.calendar.queries import unknown_holidays, why_of
from lending.models import CalendarRule, Closure, Opening

MOST_DAYS = 400
ALL = "all"
WEEKS = range(1, 6)
NAMES = {"type": "array", "items": {"type": "string", "maxLength": 100, "minLength": 1}, "maxItems": 100}


@extend_schema_field({"type": "string", "pattern": "^[A-Z]{2}$", "description": "A country, by ISO 3166."})
class Country(Text):
    """A country whose public holidays are known."""

    def to_internal_value(self, data: Any) -> str:
        """The country's code. Raises `ValidationError`."""
        code = super().to_internal_value(data)
        if code not in countries():
            raise serializers.ValidationError(_("The public holidays of this country are not known."))
        return code


@extend_schema_field({"oneOf": [{"type": "string", "const": ALL}, NAMES]})
class Holidays(serializers.Field[Any, Any, Any, Any]):
    """Names of public holidays, or all of them."""

    def to_internal_value(self, data: Any) -> Any:
        """The names, or `ALL`. Raises `ValidationError`."""
        names = serializers.ListField(child=Text(max_length=100), max_length=100)
        return data if data == ALL else names.run_validation(data)

    def to_representation(self, value: Any) -> Any:
        """As it came in."""
        return value


@extend_schema_serializer(component_name="ClosedWeekday")
class ClosedWeekday(Part):
    weekday = WholeNumber(min_value=1, max_value=7)
    weeks = serializers.ListField(
        child=WholeNumber(min_value=min(WEEKS), max_value=max(WEEKS)),
        min_length=1,
        max_length=len(WEEKS),
        allow_null=True,
        default=None,
    )


@extend_schema_serializer(component_name="AddCalendarRule")
class NewRule(serializers.Serializer[Any]):
    """`closed_weekdays` is short for those that are closed each week."""

    valid_from = Day()
    closed = ClosedWeekday(many=True, default=list)
    closed_weekdays = serializers.ListField(
        child=WholeNumber(min_value=1, max_value=7), max_length=7, required=False, write_only=True
    )
    if_holiday = serializers.ChoiceField(CalendarRule.IfHoliday.choices, default=CalendarRule.IfHoliday.ALSO)
    holidays = Country(allow_null=True, default=None)
    open_on = Holidays(default=list)

    def validate(self, rule: dict[str, Any]) -> dict[str, Any]:
        """The rule in the words of the service; what is open must be a holiday that there is."""
        country, open_on = rule["holidays"] or "", rule["open_on"]
        if unknown := [] if open_on == ALL else unknown_holidays(country, open_on):
            sentence = _("There is no public holiday of this name: %(names)s.") % {"names": ", ".join(unknown)}
            raise serializers.ValidationError({"open_on": [sentence]})
        closed = {one["weekday"]: one["weeks"] or [] for one in rule["closed"]}
        return {
            "valid_from": rule["valid_from"],
            "closed": closed | dict.fromkeys(rule.get("closed_weekdays", ()), ()),
            "if_holiday": rule["if_holiday"],
            "holidays": country,
            "open_on": () if open_on == ALL else open_on,
            "open_on_all": open_on == ALL,
        }


@extend_schema_serializer(component_name="CalendarRule")
class RuleShown(serializers.ModelSerializer[CalendarRule]):
    closed = ClosedWeekday(many=True)
    holidays = Country(allow_null=True)
    open_on = Holidays()

    class Meta:
        model = CalendarRule
        fields = ("id", "valid_from", "closed", "if_holiday", "holidays", "open_on")
        read_only_fields = fields

    def to_representation(self, rule: CalendarRule) -> dict[str, Any]:
        """The rule, with null for each week and for no country."""
        return {
            "id": rule.pk,
            "valid_from": rule.valid_from,
            "closed": [{"weekday": weekday, "weeks": weeks or None} for weekday, weeks in rule.closed],
            "if_holiday": str(rule.if_holiday),
            "holidays": rule.holidays or None,
            "open_on": ALL if rule.open_on_all else rule.open_on,
        }


@extend_schema_serializer(component_name="AddClosure")
class NewClosure(serializers.Serializer[Any]):
    vars()["from"] = Day(source="first")
    to = Day(source="last")
    reason = Text(max_length=200)
    late_days_count = Flag(allow_null=True, default=None)

    def validate(self, closure: dict[str, Any]) -> dict[str, Any]:
        """Days that a closure may have. Raises `ValidationError`."""
        if fault := fault_in_closed_days(closure["first"], closure["last"]):
            raise serializers.ValidationError({"to": [fault]})
        return closure


@extend_schema_serializer(component_name="Closure")
class ClosureShown(serializers.ModelSerializer[Closure]):
    vars()["from"] = serializers.DateField(source="first")
    to = serializers.DateField(source="last")

    class Meta:
        model = Closure
        fields = ("id", "from", "to", "reason", "late_days_count")
        read_only_fields = fields


@extend_schema_serializer(component_name="AddOpening")
class NewOpening(serializers.Serializer[Any]):
    date = Day(source="day")
    reason = Text(max_length=200)


@extend_schema_serializer(component_name="Opening")
class OpeningShown(serializers.ModelSerializer[Opening]):
    date = serializers.DateField(source="day")

    class Meta:
        model = Opening
        fields = ("id", "date", "reason")
        read_only_fields = fields


class Period(serializers.Serializer[Any]):
    vars()["from"] = Day(source="first")
    to = Day(source="last")

    def validate(self, period: dict[str, Any]) -> dict[str, Any]:
        """At most 400 days, in their order."""
        if not timedelta(0) <= period["last"] - period["first"] < timedelta(days=MOST_DAYS):
            sentence = _("Ask for 1 to %(most)s days.") % {"most": MOST_DAYS}
            raise serializers.ValidationError({"to": [sentence]})
        return period


@extend_schema_serializer(component_name="CalendarDay")
class DayShown(serializers.Serializer[Any]):
    date = serializers.DateField(source="on")
    open = serializers.BooleanField(source="is_open")
    why = serializers.SerializerMethodField()

    def get_why(self, day: CalendarDay) -> str:
        """The sentence in the caller's language."""
        return why_of(day)


@extend_schema_serializer(component_name="MovedDueDates")
class Moved(serializers.Serializer[Any]):
    moved = serializers.IntegerField(min_value=0)
