"""Fines and movements of money as they go in and out."""

from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from fines.models import Entry, Fine
from kernel.http.input.fields import Text, WholeNumber, filter_by_id
from kernel.money import currency
from kernel.values.currencies import MOST_MONEY


class CurrencyCode(serializers.RegexField):
    """The library's one currency, as ISO 4217 has it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(r"^[A-Z]{3}$", read_only=True, source="*", **options)

    def to_representation(self, value: Any) -> str:
        """The code of the library's currency."""
        return currency()


def an_amount() -> WholeNumber:
    """A field for an amount in the currency's smallest unit."""
    return WholeNumber(min_value=1, max_value=MOST_MONEY)


def a_method() -> serializers.ChoiceField:
    """A field for how it was paid."""
    return serializers.ChoiceField(Entry.Method.choices, default=Entry.Method.CASH)


@extend_schema_serializer(component_name="Fine")
class FineShown(serializers.ModelSerializer[Fine]):
    patron = serializers.IntegerField(source="patron_id", allow_null=True)
    loan = serializers.IntegerField(source="loan_id", allow_null=True)
    amount = serializers.SerializerMethodField()
    paid = serializers.IntegerField(min_value=0)
    currency = CurrencyCode()
    status = serializers.ChoiceField(Fine.Status.choices)
    explanation = serializers.SerializerMethodField()

    class Meta:
        model = Fine
        fields = (
            "id", "patron", "kind", "loan", "title", "amount", "paid", "currency", "days_late", "status", "charged_at",
            "explanation",
        )  # fmt: skip
        read_only_fields = fields

    def get_amount(self, fine: Any) -> int:
        """What it comes to: a refund of a part cancels that part, so that amount less paid is what is owed."""
        is_whole = fine.status in (Fine.Status.WAIVED, Fine.Status.CANCELLED)
        return fine.amount if is_whole else fine.paid + fine.owed

    def get_explanation(self, fine: Fine) -> str:
        """By which fees it was charged."""
        return fine.explanation_ko if get_language() == "ko" else fine.explanation_en


class FineFilters(serializers.Serializer[Any]):
    status = serializers.ChoiceField(Fine.Status.choices, required=False)
    patron = filter_by_id()


@extend_schema_serializer(component_name="PayFine")
class Paying(serializers.Serializer[Any]):
    amount = an_amount()
    method = a_method()


@extend_schema_serializer(component_name="Payment")
class PaymentShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    fine = serializers.IntegerField()
    amount = serializers.IntegerField()
    currency = CurrencyCode()
    paid_at = serializers.DateTimeField()
    owed = serializers.IntegerField()


@extend_schema_serializer(component_name="WaiveFine")
class Waiving(serializers.Serializer[Any]):
    reason = Text(max_length=500)


@extend_schema_serializer(component_name="Refund")
class Refunding(serializers.Serializer[Any]):
    amount = an_amount()
    reason = Text(max_length=500)


@extend_schema_serializer(component_name="BuyOff")
class BuyingOff(serializers.Serializer[Any]):
    method = a_method()


@extend_schema_serializer(component_name="MoneyMoved")
class EntryShown(serializers.Serializer[Any]):
    """One movement of money, with what the patron has to the good behind it."""

    id = serializers.IntegerField()
    patron = serializers.IntegerField()
    kind = serializers.ChoiceField(Entry.Kind.choices)
    amount = serializers.IntegerField()
    balance = serializers.IntegerField()
    credit = serializers.IntegerField()
    currency = CurrencyCode()
    at = serializers.DateTimeField()


@extend_schema_serializer(component_name="SettledFine")
class Settled(serializers.Serializer[Any]):
    fine = serializers.IntegerField()
    amount = serializers.IntegerField()


@extend_schema_serializer(component_name="AccountPayment")
class AccountPaymentShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    settled = Settled(many=True)
    credit = serializers.IntegerField()


@extend_schema_serializer(component_name="SuspensionBoughtOff")
class BoughtOff(serializers.Serializer[Any]):
    fine = FineShown()
    days = serializers.IntegerField()


@extend_schema_serializer(component_name="AccountEntry")
class AccountEntry(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(Entry.Kind.choices)
    amount = serializers.IntegerField()
    about = serializers.CharField(allow_blank=True)
    by = serializers.IntegerField(allow_null=True)
    balance = serializers.IntegerField()


@extend_schema_serializer(component_name="Account")
class AccountShown(serializers.Serializer[Any]):
    balance = serializers.IntegerField()
    credit = serializers.IntegerField()
    currency = CurrencyCode()
    entries = AccountEntry(many=True)
