"""What goes in and out about holds."""

from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from kernel.http.input.fields import Day, Text, WholeNumber, filter_by_id, identifier
from lending.api.bodies import Overriding, open_from_today
from lending.models import Hold

LAST_POSITION = 1_000_000


@extend_schema_serializer(component_name="PlaceHold")
class Holding(serializers.Serializer[Any]):
    book = identifier()
    volume = Text(max_length=50, required=False)


@extend_schema_serializer(component_name="DeskPlaceHold")
class DeskHolding(Holding, Overriding):
    """`volume` is needed where the copies of the book differ in it. Librarians place holds for others."""

    patron = identifier(required=False)

    def validate_patron(self, patron_id: int) -> Any:
        """The patron of that id."""
        patron = get_user_model().objects.filter(pk=patron_id, is_program=False).first()
        if patron is None:
            raise serializers.ValidationError(_("There is no card with this id."))
        return patron


@extend_schema_serializer(component_name="SuspendHold")
class Suspending(serializers.Serializer[Any]):
    """`until` is the last day; without it, or with null, until the hold is resumed."""

    until = Day(required=False, allow_null=True)

    def validate_until(self, day: date | None) -> date | None:
        """Nothing is suspended in the past."""
        if day and day < timezone.localdate():
            raise serializers.ValidationError(_("The last day of a suspended hold can't be past."))
        return day


@extend_schema_serializer(component_name="MoveHold")
class MovingHold(serializers.Serializer[Any]):
    position = WholeNumber(min_value=1, max_value=LAST_POSITION)


@extend_schema_serializer(component_name="SetPickupDay")
class PickupDay(serializers.Serializer[Any]):
    pickup_by = Day()

    def validate_pickup_by(self, day: date) -> date:
        """What is collected is collected on an open day."""
        return open_from_today(day, _("The last day to collect it can't be past."))


class HoldFilters(serializers.Serializer[Any]):
    status = serializers.ChoiceField(Hold.Status.choices, required=False)
    patron = filter_by_id()
    book = filter_by_id()


@extend_schema_serializer(component_name="HoldCopy")
class CopyOfHold(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    barcode = serializers.CharField()


@extend_schema_serializer(component_name="Hold")
class HoldShown(serializers.ModelSerializer[Hold]):
    """`position` counts those that wait or are suspended; the copy is there while the hold is ready, and when it was
    collected."""

    # The fields are for the API's description, as those of a loan are.
    patron = serializers.IntegerField(source="patron_id", allow_null=True)
    book = serializers.IntegerField(source="book_id")
    position = serializers.IntegerField(allow_null=True)
    copy = CopyOfHold(allow_null=True)

    class Meta:
        model = Hold
        fields = (
            "id", "patron", "book", "volume", "title", "status", "position", "placed_at", "suspended_until",
            "ready_since", "pickup_by", "copy",
        )  # fmt: skip
        read_only_fields = fields

    def to_representation(self, hold: Hold) -> dict[str, Any]:
        """The hold's members, in the order of the fields; the position as it was counted."""
        zone = timezone.get_current_timezone()
        status = hold.status_on(timezone.localdate())
        return {
            "id": hold.pk,
            "patron": hold.patron_id,
            "book": hold.book_id,
            "volume": hold.volume,
            "title": hold.title,
            "status": str(status),
            "position": getattr(hold, "at", hold.position),
            "placed_at": hold.placed_at.astimezone(zone),
            "suspended_until": hold.suspended_until if status == Hold.Status.SUSPENDED else None,
            "ready_since": hold.ready_since.astimezone(zone) if hold.ready_since else None,
            "pickup_by": hold.pickup_by,
            "copy": {"id": hold.copy.pk, "barcode": hold.copy.barcode} if hold.copy else None,
        }
