"""The patron's and the desk's door to lending."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lending.models import Loan
from lending.policy import LoanLimitReached, PatronBlocked
from lending.queries import book_of_barcode, loans, stock_of
from lending.requests import NotCancellable, cancel_loan, request_loan
from lending.serializers import (
    Availability,
    Borrowing,
    BroughtBack,
    DeskBorrowing,
    LoanFilters,
    LoanShown,
    Returning,
    ReturningByBarcode,
)
from lending.services import (
    NotOnLoan,
    OutOfStock,
    RenewalRefused,
    borrow_book,
    renew_loan,
    return_book,
    return_copy,
)
from lending.tasks import decide_soon
from library.api.idempotency import idempotent
from library.api.parsing import Nothing, filters_of, validated
from library.api.permissions import Librarians, own_things
from library.api.schema import location

DECIDED_WITHIN = 1
"""Seconds after which a patron may look again at a loan that was only requested."""
PREFER = OpenApiParameter(
    "Prefer", OpenApiTypes.STR, "header", description="`respond-async`: accept the loan now and decide it later (202)."
)
PREFERENCE_APPLIED = OpenApiParameter(
    "Preference-Applied", {"const": "respond-async"}, "header", required=True, response=[202]
)


class Loans(ListAPIView[Loan]):
    """Loans."""

    serializer_class = LoanShown
    queryset = Loan.objects.none()

    def get_queryset(self) -> QuerySet[Loan]:
        """The caller's loans, or all for a librarian."""
        return own_things(self.request.user, loans()).filter(**filters_of(self.request, LoanFilters))

    @extend_schema(parameters=[LoanFilters])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Loans, the newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        request=DeskBorrowing,
        parameters=[PREFER, PREFERENCE_APPLIED, location(201, 202)],
        responses={
            201: LoanShown,
            202: LoanShown,
            404: ("not_found",),
            409: (OutOfStock, LoanLimitReached, PatronBlocked),
        },
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Borrows copies of a book. `Prefer: respond-async` has it accepted now and decided later (202)."""
        wanted = _wanted(request)
        if "respond-async" in request.headers.get("Prefer", "") and wanted.keys() <= {
            "patron_id",
            "book_id",
            "quantity",
        }:
            return _accepted(request_loan(**wanted, now=timezone.now()))
        loan = borrow_book(**wanted, now=timezone.now())
        return Response(_shown(loan.pk), status=201, headers={"Location": f"/api/v1/loans/{loan.pk}"})


class LoanById(APIView):
    """One loan."""

    @extend_schema(responses={200: LoanShown})
    def get(self, request: Request, pk: int) -> Response:
        """The loan."""
        return Response(LoanShown(get_object_or_404(own_things(request.user, loans()), pk=pk)).data)


class ReturnLoan(APIView):
    """Bringing copies of a loan back."""

    @extend_schema(request=Returning, responses={200: BroughtBack, 409: (NotOnLoan,)})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Returns all copies that are out, or so many of them."""
        _own_loan(request, pk)
        brought = return_book(pk, now=timezone.now(), **validated(Returning, request.data))
        return Response({**_shown(pk), "days_late": brought.days_late})


class ReturnByBarcode(APIView):
    """Bringing a copy back at the desk."""

    permission_classes = (Librarians,)

    @extend_schema(request=ReturningByBarcode, responses={200: BroughtBack, 409: (NotOnLoan,)})
    @idempotent
    def post(self, request: Request) -> Response:
        """Returns the copy of that barcode, whoever has it."""
        brought = return_copy(**validated(ReturningByBarcode, request.data), now=timezone.now())
        return Response({**_shown(brought.loan_id), "days_late": brought.days_late})


class RenewLoan(APIView):
    """Keeping a loan longer."""

    @extend_schema(request=None, responses={200: LoanShown, 409: (RenewalRefused,)})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Moves the due date one loan period on."""
        validated(Nothing, request.data)
        _own_loan(request, pk)
        renew_loan(pk, now=timezone.now())
        return Response(_shown(pk))


class CancelLoan(APIView):
    """Calling off a loan that was only requested."""

    @extend_schema(request=None, responses={200: LoanShown, 409: (NotCancellable,)})
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Cancels the loan while it is requested."""
        validated(Nothing, request.data)
        _own_loan(request, pk)
        cancel_loan(pk, now=timezone.now())
        return Response(_shown(pk))


class BookAvailability(APIView):
    """Live stock."""

    permission_classes = (AllowAny,)

    @extend_schema(responses={200: Availability})
    def get(self, request: Request, pk: int) -> Response:
        """How many copies can be borrowed at this moment."""
        return Response(Availability({"book": pk, **stock_of(pk), "as_of": timezone.now()}).data)


def _wanted(request: Request) -> dict[str, Any]:
    """What a borrow asks for, in the words of the service. Raises `ValidationError`."""
    if not request.user.is_staff:
        wanted = validated(Borrowing, request.data)
        return {"patron_id": request.user.pk, "book_id": wanted["book"], "quantity": wanted["quantity"]}
    wanted = validated(DeskBorrowing, request.data)
    patron = wanted.pop("patron", request.user)
    book = wanted.pop("book", None) or book_of_barcode(wanted["barcode"])
    return {"patron_id": patron.pk, "book_id": book, **wanted}


def _accepted(loan: Loan) -> Response:
    transaction.on_commit(decide_soon, robust=True)
    headers = {
        "Location": f"/api/v1/loans/{loan.pk}",
        "Retry-After": str(DECIDED_WITHIN),
        "Preference-Applied": "respond-async",
    }
    return Response(_shown(loan.pk), status=202, headers=headers)


def _own_loan(request: Request, pk: int) -> None:
    """Raises `Http404` for a loan that is somebody else's."""
    get_object_or_404(own_things(request.user, Loan.objects.only("pk")), pk=pk)


def _shown(loan_id: int) -> dict[str, Any]:
    return dict(LoanShown(loans().get(pk=loan_id)).data)
