"""What goes in and out at lending's door."""

from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from lending.models import Loan
from library.api.fields import Text, WholeNumber, filter_by_id, identifier

MOST_COPIES = 1_000


class Borrowing(serializers.Serializer[Any]):
    book = identifier()
    quantity = WholeNumber(min_value=1, max_value=MOST_COPIES, default=1)


class DeskBorrowing(serializers.Serializer[Any]):
    """Only librarians may name a patron, a barcode or a day in the past."""

    patron = identifier(required=False)
    book = identifier(required=False)
    barcode = Text(max_length=32, required=False)
    quantity = WholeNumber(min_value=1, max_value=MOST_COPIES, default=1)
    borrowed_on = serializers.DateField(required=False)

    def validate_patron(self, patron_id: int) -> Any:
        """The patron of that id."""
        patron = get_user_model().objects.filter(pk=patron_id, is_active=True).first()
        if patron is None:
            raise serializers.ValidationError(_("There is no active card with this id."))
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
        return wanted


class Returning(serializers.Serializer[Any]):
    quantity = WholeNumber(min_value=1, max_value=MOST_COPIES, required=False)


class ReturningByBarcode(serializers.Serializer[Any]):
    barcode = Text(max_length=32)


class LoanFilters(serializers.Serializer[Any]):
    status = serializers.ChoiceField(Loan.Status.choices, required=False)
    patron = filter_by_id()


class CopyOfLoan(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="copy_id")
    barcode = serializers.CharField(source="copy.barcode")
    returned_at = serializers.SerializerMethodField()

    def get_returned_at(self, line: Any) -> datetime | None:
        """When this copy came back, or null."""
        return timezone.localtime(line.ended_at) if line.ending == "returned" else None


class LoanShown(serializers.ModelSerializer[Loan]):
    patron = serializers.IntegerField(source="patron_id")
    book = serializers.IntegerField(source="book_id")
    outstanding = serializers.SerializerMethodField()
    overdue = serializers.SerializerMethodField()
    copies = serializers.SerializerMethodField()

    class Meta:
        model = Loan
        fields: tuple[str, ...] = (
            "id", "patron", "book", "title", "quantity", "outstanding", "status", "borrowed_at", "due_on",
            "returned_at", "overdue", "renewals", "cancel_reason", "copies",
        )  # fmt: skip
        read_only_fields = fields

    def get_outstanding(self, loan: Loan) -> int:
        """How many copies are out."""
        return sum(not line.ending for line in loan.all_lines)

    def get_overdue(self, loan: Loan) -> bool:
        """Whether copies are out after the due date."""
        return loan.status == "active" and loan.due_on is not None and loan.due_on < timezone.localdate()

    @extend_schema_field(CopyOfLoan(many=True))
    def get_copies(self, loan: Loan) -> Any:
        """The copies that were lent, without those that were cancelled or replaced."""
        lent = [line for line in loan.all_lines if line.ending in {"", "returned"}]
        return CopyOfLoan(lent, many=True).data


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
