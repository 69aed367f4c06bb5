"""What goes in at lending's door."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from kernel.days.holidays import UnknownHolidays
from kernel.http.input.fields import Barcode, Day, Text, WholeNumber, identifier
from kernel.http.permissions import has_right
from lending.calendar.memory import calendar_in_force

MOST_COPIES = 1_000


@extend_schema_serializer(component_name="Borrow")
class Borrowing(serializers.Serializer[Any]):
    """`volume` is needed where the copies of the book differ in it."""

    book = identifier()
    volume = Text(max_length=50, required=False)
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


def refuse_to_override(request: Request) -> None:
    """Raises `PermissionDenied` for a body that decides against rules, where the caller may not; whatever else is wrong
    with it."""
    decides = isinstance(request.data, Mapping) and "override" in request.data
    if decides and not has_right(request.user, "lending.override"):
        raise PermissionDenied


class DeskBorrowing(Overriding):
    patron = identifier(required=False)
    book = identifier(required=False)
    volume = Text(max_length=50, required=False)
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

    def validate_due_on(self, day: date) -> date:
        """What is due comes back on an open day."""
        return open_from_today(day, _("A loan can't be due before today."))

    def validate(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """A loan is of a book, or of the copy with a barcode."""
        if ("book" in wanted) == ("barcode" in wanted):
            raise serializers.ValidationError({"book": [_("Name either a book or a barcode.")]})
        if "barcode" in wanted and wanted["quantity"] != 1:
            raise serializers.ValidationError({"quantity": [_("A barcode is on one copy only.")]})
        return super().validate(wanted)


@extend_schema_serializer(component_name="DeskBorrow")
class DeskBorrowingOfBook(Overriding):
    """At the desk: a loan of a book for a patron. `borrowed_on` in the past records one made earlier, `due_on` is a
    term typed for this loan."""

    patron = identifier()
    book = identifier()
    volume = Text(max_length=50, required=False)
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


@extend_schema_serializer(component_name="SetDueDate")
class SettingDueDate(serializers.Serializer[Any]):
    due_on = Day()
    reason = Text(max_length=1_000)

    def validate_due_on(self, day: date) -> date:
        """What is due comes back on an open day."""
        return open_from_today(day, _("A loan can't be due before today."))


class Returning(serializers.Serializer[Any]):
    quantity = WholeNumber(min_value=1, max_value=MOST_COPIES, required=False)


class OnAnEarlierDay(serializers.Serializer[Any]):
    """`returned_on` in the past is the day of a book drop; late days are counted to it."""

    returned_on = Day(required=False)

    def validate_returned_on(self, day: date) -> date:
        """Nothing comes back tomorrow."""
        if day > timezone.localdate():
            raise serializers.ValidationError(_("A return can't be in the future."))
        return day


@extend_schema_serializer(component_name="ReturnLoan")
class DeskReturning(OnAnEarlierDay, Returning):
    """Only librarians name a day."""


@extend_schema_serializer(component_name="ReturnCopy")
class ReturningByBarcode(OnAnEarlierDay, Overriding):
    """`missing_items`: those of the copy's accompanying items that did not come back."""

    barcode = Barcode()
    missing_items = serializers.ListField(child=Text(max_length=100), max_length=20, required=False)


def open_from_today(day: date, past: str | Promise) -> date:
    """The day, if it is an open one from today on. Raises `ValidationError`, with that sentence for a day before."""
    if day < timezone.localdate():
        raise serializers.ValidationError(str(past))
    try:
        is_open = calendar_in_force().is_open(day)
    except UnknownHolidays:
        is_open = False
    if not is_open:
        raise serializers.ValidationError(_("The library is closed on that day."))
    return day
