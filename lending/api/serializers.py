"""What goes in and out at lending's door."""

from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_serializer
from rest_framework import serializers

from kernel.http.input.fields import Barcode, Day, Text, WholeNumber, filter_by_id, identifier
from lending.models import Loan, LoanLine

MOST_COPIES = 1_000


@extend_schema_serializer(component_name="Borrow")
class Borrowing(serializers.Serializer[Any]):
    book = identifier()
    quantity = WholeNumber(min_value=1, max_value=MOST_COPIES, default=1)


class Overriding(serializers.Serializer[Any]):
    """The codes of rules that a librarian decides against, and why."""

    override = serializers.ListField(child=Text(max_length=40), max_length=40, required=False)
    reason = Text(max_length=1_000, required=False)

    def validate(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Who decides against a rule says why."""
        if wanted.get("override") and not wanted.get("reason"):
            raise serializers.ValidationError({"reason": [_("Say why the rules do not hold here.")]})
        return wanted


class DeskBorrowing(Overriding):
    patron = identifier(required=False)
    book = identifier(required=False)
    barcode = Barcode(required=False)
    quantity = WholeNumber(min_value=1, max_value=MOST_COPIES, default=1)
    borrowed_on = Day(required=False)
    due_on = Day(required=False)

    def validate_patron(self, patron_id: int) -> Any:
        """The patron of that id."""
        patron = get_user_model().objects.filter(pk=patron_id, is_program=False).first()
        if patron is None:
            raise serializers.ValidationError(_("There is no card with this id."))
        return patron

    def validate_borrowed_on(self, day: date) -> date:
        """Loans are recorded when they were made, or later."""
        if day > timezone.localdate():
            raise serializers.ValidationError(_("A loan can't be made in the future."))
        if day.year < 1900:
            raise serializers.ValidationError(_("That is too long ago."))
        return day

    def validate(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """A loan is of a book, or of the copy with a barcode."""
        if ("book" in wanted) == ("barcode" in wanted):
            raise serializers.ValidationError({"book": [_("Name either a book or a barcode.")]})
        if "barcode" in wanted and wanted["quantity"] != 1:
            raise serializers.ValidationError({"quantity": [_("A barcode is on one copy only.")]})
        if "due_on" in wanted and wanted["due_on"] < timezone.localdate():
            raise serializers.ValidationError({"due_on": [_("A loan can't be due before today.")]})
        return super().validate(wanted)


@extend_schema_serializer(component_name="DeskBorrow")
class DeskBorrowingOfBook(Overriding):
    """At the desk: a loan of a book for a patron. `borrowed_on` in the past records one made earlier, `due_on` is a
    term typed for this loan."""

    patron = identifier()
    book = identifier()
    quantity = WholeNumber(min_value=1, max_value=MOST_COPIES, default=1)
    borrowed_on = Day(required=False)
    due_on = Day(required=False)


@extend_schema_serializer(component_name="DeskBorrowCopy")
class DeskBorrowingOfCopy(Overriding):
    """At the desk: a loan of the copy with that barcode for a patron."""

    patron = identifier()
    barcode = Barcode()
    quantity = WholeNumber(min_value=1, max_value=1, default=1)
    borrowed_on = Day(required=False)
    due_on = Day(required=False)


BORROWING = PolymorphicProxySerializer(
    "AnyBorrow", [Borrowing, DeskBorrowingOfBook, DeskBorrowingOfCopy], resource_type_field_name=None
)
"""The bodies of a borrow in the API's description: a patron's own, and librarians' for others."""


@extend_schema_serializer(component_name="ReturnLoan")
class Returning(serializers.Serializer[Any]):
    quantity = WholeNumber(min_value=1, max_value=MOST_COPIES, required=False)


@extend_schema_serializer(component_name="ReturnCopy")
class ReturningByBarcode(serializers.Serializer[Any]):
    barcode = Barcode()


class LoanFilters(serializers.Serializer[Any]):
    status = serializers.ChoiceField(Loan.Status.choices, required=False)
    patron = filter_by_id()


@extend_schema_serializer(component_name="LoanCopy")
class CopyOfLoan(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    barcode = serializers.CharField()
    returned_at = serializers.DateTimeField(allow_null=True)


@extend_schema_serializer(component_name="Reason")
class ReasonShown(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField()


@extend_schema_serializer(component_name="Loan")
class LoanShown(serializers.ModelSerializer[Loan]):
    # The fields are for the API's description: making them anew for each loan would be most of an answer's time, so
    # `to_representation` makes the members directly.
    patron = serializers.IntegerField(source="patron_id")
    book = serializers.IntegerField(source="book_id")
    outstanding = serializers.IntegerField()
    overdue = serializers.BooleanField()
    reasons = ReasonShown(many=True)
    copies = CopyOfLoan(many=True)

    class Meta:
        model = Loan
        fields: tuple[str, ...] = (
            "id", "patron", "book", "title", "quantity", "outstanding", "status", "borrowed_at", "due_on",
            "returned_at", "overdue", "renewals", "cancel_reason", "reasons", "copies",
        )  # fmt: skip
        read_only_fields = fields

    def to_representation(self, loan: Loan) -> dict[str, Any]:
        """The loan's members, in the order of the fields. Copies that were cancelled or replaced are not shown."""
        late = loan.status == Loan.Status.ACTIVE and loan.due_on is not None and loan.due_on < timezone.localdate()
        return {
            "id": loan.pk,
            "patron": loan.patron_id,
            "book": loan.book_id,
            "title": loan.title,
            "quantity": loan.quantity,
            "outstanding": sum(not line.ending for line in loan.all_lines),
            "status": str(loan.status),
            "borrowed_at": _local(loan.borrowed_at),
            "due_on": loan.due_on,
            "returned_at": _local(loan.returned_at),
            "overdue": late,
            "renewals": loan.renewals,
            "cancel_reason": str(loan.cancel_reason),
            "reasons": [_reason(code) for code in loan.reasons],
            "copies": [_copy(line) for line in loan.all_lines if line.ending in {"", "returned"}],
        }


@extend_schema_serializer(component_name="ReturnedLoan")
class BroughtBack(LoanShown):
    days_late = serializers.IntegerField(min_value=0)

    class Meta(LoanShown.Meta):
        fields = (*LoanShown.Meta.fields, "days_late")
        read_only_fields = fields


class Availability(serializers.Serializer[Any]):
    book = serializers.IntegerField()
    copies_total = serializers.IntegerField()
    copies_available = serializers.IntegerField()
    as_of = serializers.DateTimeField()


def _reason(code: str) -> dict[str, str]:
    return {"code": code, "detail": str(Loan.CancelReason(code).label)}


def _copy(line: LoanLine) -> dict[str, Any]:
    came_back = line.ended_at if line.ending == LoanLine.Ending.RETURNED else None
    return {"id": line.copy_id, "barcode": line.copy.barcode, "returned_at": _local(came_back)}


def _local(moment: datetime | None) -> datetime | None:
    return timezone.localtime(moment) if moment else None
