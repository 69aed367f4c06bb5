"""What comes out at lending's door."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from kernel.http.input.fields import filter_by_id
from kernel.http.schema import ReasonShown
from lending.api.hold_serializers import HoldShown
from lending.models import Loan, LoanLine


class LoanFilters(serializers.Serializer[Any]):
    status = serializers.ChoiceField(Loan.Status.choices, required=False)
    patron = filter_by_id()


@extend_schema_serializer(component_name="LoanCopy")
class CopyOfLoan(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    barcode = serializers.CharField()
    returned_at = serializers.DateTimeField(allow_null=True)
    lost_at = serializers.DateTimeField(allow_null=True)


@extend_schema_serializer(component_name="Loan")
class LoanShown(serializers.ModelSerializer[Loan]):
    # The fields are for the API's description: making them anew for each loan would be most of an answer's time, so
    # `to_representation` makes the members directly.
    patron = serializers.IntegerField(source="patron_id", allow_null=True)
    book = serializers.IntegerField(source="book_id")
    outstanding = serializers.IntegerField()
    overdue = serializers.BooleanField()
    reasons = ReasonShown(many=True)
    copies = CopyOfLoan(many=True)

    class Meta:
        model = Loan
        fields: tuple[str, ...] = (
            "id", "patron", "book", "volume", "title", "quantity", "outstanding", "status", "borrowed_at", "due_on",
            "returned_at", "overdue", "renewals", "cancel_reason", "reasons", "copies",
        )  # fmt: skip
        read_only_fields = fields

    def to_representation(self, loan: Loan) -> dict[str, Any]:
        """The loan's members, in the order of the fields. Copies that were cancelled or replaced are not shown."""
        is_due = loan.status == Loan.Status.ACTIVE and loan.due_on is not None and loan.due_on < timezone.localdate()
        return {
            "id": loan.pk,
            "patron": loan.patron_id,
            "book": loan.book_id,
            "volume": loan.volume,
            "title": loan.title,
            "quantity": loan.quantity,
            "outstanding": sum(not line.ending for line in loan.all_lines),
            "status": str(loan.status),
            "borrowed_at": _local(loan.borrowed_at),
            "due_on": loan.due_on,
            "returned_at": _local(loan.returned_at),
            "overdue": is_due and any(not line.ending and not line.claimed_on for line in loan.all_lines),
            "renewals": loan.renewals,
            "cancel_reason": str(loan.cancel_reason),
            "reasons": [_reason(code) for code in loan.reasons],
            "copies": [_copy(line) for line in loan.all_lines if line.ending in {"", "returned", "lost"}],
        }


@extend_schema_serializer(component_name="ReturnedLoan")
class BroughtBack(LoanShown):
    return_id = serializers.IntegerField()
    days_late = serializers.IntegerField(min_value=0)
    days_counted = serializers.IntegerField(min_value=0, help_text="Of the days late those that count by the rules.")
    hold = HoldShown(allow_null=True, help_text="The hold for which a copy is ready now.")
    suspended_until = serializers.DateField(allow_null=True)

    class Meta(LoanShown.Meta):
        fields = (*LoanShown.Meta.fields, "return_id", "days_late", "days_counted", "hold", "suspended_until")
        read_only_fields = fields


@extend_schema_field({"type": "null"})
class Null(serializers.ReadOnlyField):
    """Null, where another answer of the call has a value."""


@extend_schema_serializer(component_name="PulledCopy")
class PulledCopyShown(serializers.Serializer[Any]):
    """A copy that was on its shelf, and no loan had it."""

    id = Null()
    return_id = Null()
    days_late = serializers.IntegerField(min_value=0)
    days_counted = serializers.IntegerField(min_value=0)
    suspended_until = serializers.DateField(allow_null=True)
    hold = HoldShown(allow_null=True, help_text="The hold for which it is ready now.")


BROUGHT_BACK = PolymorphicProxySerializer("AnyReturn", [BroughtBack, PulledCopyShown], resource_type_field_name=None)
"""What a scanned copy comes to: the end of its part of a loan, or a place on the hold shelf."""


class VolumeAvailability(serializers.Serializer[Any]):
    volume = serializers.CharField(allow_blank=True)
    copies_total = serializers.IntegerField()
    copies_available = serializers.IntegerField()


class Availability(serializers.Serializer[Any]):
    book = serializers.IntegerField()
    copies_total = serializers.IntegerField()
    copies_available = serializers.IntegerField()
    volumes = VolumeAvailability(many=True)
    as_of = serializers.DateTimeField()


def _reason(code: str) -> dict[str, str]:
    return {"code": code, "detail": str(Loan.CancelReason(code).label)}


def _copy(line: LoanLine) -> dict[str, Any]:
    came_back = line.ended_at if line.ending == LoanLine.Ending.RETURNED else None
    lost_at = line.ended_at if line.ending == LoanLine.Ending.LOST else None
    return {
        "id": line.copy_id,
        "barcode": line.copy.barcode,
        "returned_at": _local(came_back),
        "lost_at": _local(lost_at),
    }


def _local(moment: datetime | None) -> datetime | None:
    return timezone.localtime(moment) if moment else None
