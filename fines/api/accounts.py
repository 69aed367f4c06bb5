"""Accounts at the door: what a patron owes and has to the good, paying, reversing, paying out, buying off."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from fines.api.serializers import (
    AccountPaymentShown,
    AccountShown,
    BoughtOff,
    BuyingOff,
    EntryShown,
    Paying,
    Refunding,
    Waiving,
)
from fines.models import Entry
from fines.queries import balance_of, credit_of, entries_of, fines
from fines.services import (
    AlreadyReversed,
    NothingToBuyOff,
    OverRefund,
    PaidOut,
    TillClosed,
    buy_off_suspension,
    pay_account,
    pay_out,
    reverse_payment,
)
from kernel.http.idempotency.views import idempotent
from kernel.http.input.parsing import validated
from kernel.http.input.people import person_or_404
from kernel.http.permissions import SignedIn, caller_id, may


class OwnAccount(APIView):
    """The caller's own account."""

    permission_classes = (SignedIn,)

    @extend_schema(operation_id="get_own_account", responses={200: AccountShown})
    def get(self, request: Request) -> Response:
        """What was charged and paid, in its order; who took a payment is not said."""
        return Response(_account(caller_id(request), with_names=False))


class AccountOfPatron(APIView):
    """A patron's account."""

    permission_classes = (may("fines.view_fine"),)

    @extend_schema(operation_id="get_account", responses={200: AccountShown})
    def get(self, request: Request, pk: int) -> Response:
        """What was charged and paid, in its order."""
        return Response(_account(person_or_404(pk).pk, with_names=True))


class AccountPayments(APIView):
    """Paying what a patron owes."""

    permission_classes = (may("fines.take_payment"),)

    @extend_schema(operation_id="pay_account", request=Paying, responses={201: AccountPaymentShown, 409: (TillClosed,)})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Takes a payment, the oldest fines first; what is more than is owed is credit."""
        paid = validated(Paying, request.data)
        payment, settled = pay_account(person_or_404(pk).pk, **paid, by_id=caller_id(request), now=timezone.now())
        parts = [{"fine": fine, "amount": amount} for fine, amount in settled.items()]
        shown = {"id": payment.pk, "settled": parts, "credit": credit_of(pk)}
        return Response(AccountPaymentShown(shown).data, status=201)


class BuyOffs(APIView):
    """Buying off a suspension."""

    permission_classes = (may("fines.take_payment"),)

    @extend_schema(
        operation_id="buy_off", request=BuyingOff, responses={201: BoughtOff, 409: (NothingToBuyOff, TillClosed)}
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Charges the days that are left of the suspension and takes the payment; the suspension ends soon."""
        paid, patron = validated(BuyingOff, request.data), person_or_404(pk)
        by, now = caller_id(request), timezone.now()
        fine, days = buy_off_suspension(pk, category=patron.category_id or "", **paid, by_id=by, now=now)
        return Response(BoughtOff({"fine": fines().get(pk=fine.pk), "days": days}).data, status=201)


class Payouts(APIView):
    """Paying out credit."""

    permission_classes = (may("fines.refund_fine"),)

    @extend_schema(
        operation_id="pay_out", request=Refunding, responses={201: EntryShown, 409: (OverRefund, TillClosed)}
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Hands the patron credit, or a part of it, in cash."""
        wanted = validated(Refunding, request.data)
        return _moved(pay_out(person_or_404(pk).pk, **wanted, by_id=caller_id(request), now=timezone.now()))


class Reversals(APIView):
    """Reversing a payment."""

    permission_classes = (may("fines.refund_fine"),)

    @extend_schema(
        operation_id="reverse_payment",
        request=Waiving,
        responses={201: EntryShown, 409: (AlreadyReversed, PaidOut, TillClosed)},
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Voids the payment; what it had paid is owed again."""
        get_object_or_404(Entry.objects.exclude(patron=None), pk=pk, kind=Entry.Kind.PAYMENT)
        wanted = validated(Waiving, request.data)
        return _moved(reverse_payment(pk, **wanted, by_id=caller_id(request), now=timezone.now()))


def _moved(entry: Entry) -> Response:
    patron = entry.patron_id or 0
    shown = {
        "id": entry.pk,
        "patron": patron,
        "kind": entry.kind,
        "amount": entry.amount,
        "balance": balance_of(patron),
        "credit": credit_of(patron),
        "at": entry.at,
    }
    return Response(EntryShown(shown).data, status=201)


def _account(patron_id: int, *, with_names: bool) -> dict[str, Any]:
    entries = [
        {
            "at": entry.at,
            "kind": entry.kind,
            "amount": entry.amount,
            "about": entry.fine.title if entry.fine else "",
            "by": entry.by_id if with_names else None,
            "balance": entry.balance,
        }
        for entry in entries_of(patron_id)
    ]
    balance = entries[-1]["balance"] if entries else 0
    return dict(AccountShown({"balance": balance, "credit": credit_of(patron_id), "entries": entries}).data)
