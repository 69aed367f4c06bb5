"""The API's door to loans: to list them, and to borrow. Read on in `group_commit.py` and `services.py`."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.http.idempotency.keys import Keyed, commit_with_answer
from kernel.http.idempotency.views import idempotent, idempotent_by_itself
from kernel.http.input.parsing import filters_of, validated
from kernel.http.permissions import SignedIn, by_method, has_right, own_or_all
from kernel.http.problems import PleaseWait
from kernel.http.schema import location
from lending.api.bodies import BORROWING, Borrowing, DeskBorrowing, refuse_to_override
from lending.api.explanation_serializers import BorrowingOptions, DryRunShown, ExplanationShown
from lending.api.group_commit import borrow_in_group
from lending.api.responses import dry_run_shown, loan_accepted, loan_created, volume_is_input
from lending.api.serializers import LoanFilters, LoanShown
from lending.calendar.due_dates import NoOpenDay
from lending.calendar.queries import why_of
from lending.checkout.dry_run import try_borrowing
from lending.checkout.explanation import explanation_of
from lending.checkout.services import BorrowRequest, borrow_book
from lending.deferral.decisions import request_loan
from lending.deferral.services import defer_loan, loan_made_at
from lending.models import Loan
from lending.overload.views import admitted
from lending.policies.borrowers import borrower_of
from lending.policies.refusals import (
    CardClosed,
    CardExpired,
    CardLost,
    HeldForAnother,
    LoanLimitReached,
    NotForLoan,
    OutOfStock,
    OverdueCopies,
    PatronBlocked,
    Suspended,
    TooSoonAgain,
    TypeLimitReached,
)
from lending.queries import book_of_barcode, loans

PREFER = OpenApiParameter(
    "Prefer", OpenApiTypes.STR, "header", description="`respond-async`: accept the loan now and decide it later (202)."
)
PREFERENCE_APPLIED = OpenApiParameter("Preference-Applied", {"const": "respond-async"}, "header", response=[202])
DEFERRABLE = {"patron_id", "book_id", "quantity"}
"""What a request may hold that is grouped with others or decided later."""
LOAN_REFUSALS = (
    CardClosed,
    CardExpired,
    CardLost,
    PatronBlocked,
    Suspended,
    OverdueCopies,
    LoanLimitReached,
    TypeLimitReached,
    NotForLoan,
    TooSoonAgain,
    NoOpenDay,
    OutOfStock,
    HeldForAnother,
)
OwnOrAllLoans = own_or_all("lending.view_loan")
ActOnOwnOrAll = own_or_all("lending.change_loan")


class Loans(ListAPIView[Loan]):
    """Loans."""

    permission_classes = (by_method(GET=OwnOrAllLoans, POST=SignedIn),)
    serializer_class = LoanShown
    queryset = Loan.objects.none()

    def get_queryset(self) -> QuerySet[Loan]:
        """The caller's loans, or everybody's."""
        return OwnOrAllLoans.things(self.request.user, loans()).filter(**filters_of(self.request, LoanFilters))

    @extend_schema(operation_id="list_loans", parameters=[LoanFilters])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Loans, the newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="borrow_book",
        request=BORROWING,
        parameters=[PREFER, PREFERENCE_APPLIED, BorrowingOptions, location(201, 202)],
        responses={
            200: DryRunShown,
            201: LoanShown,
            202: LoanShown,
            404: ("not_found",),
            409: LOAN_REFUSALS,
        },
    )
    @admitted(deferred_by="post_later")
    @idempotent_by_itself
    def post(self, request: Request, *, now: datetime, keyed: Keyed | None) -> Response:
        """Borrows copies of a book, or accepts the request and decides it later (202): under overload, or because
        `Prefer: respond-async` asks for that. With `dry_run` nothing is changed, and it is told what would be (200)."""
        with volume_is_input():
            return self._borrow(request, now, keyed)

    def _borrow(self, request: Request, now: datetime, keyed: Keyed | None) -> Response:
        person, wanted = _wanted(request)
        if _is_dry_run(request):
            wanted.pop("reason", None)
            return dry_run_shown(try_borrowing(**wanted, now=now))
        if not wanted.keys() <= DEFERRABLE:
            return commit_with_answer(keyed, lambda: loan_created(borrow_book(**wanted, now=now)))
        if _prefers_later(request):
            return commit_with_answer(keyed, lambda: loan_accepted(request_loan(**wanted, now=now), asked_for=True))
        return borrow_in_group(BorrowRequest(**wanted, requested_at=now, borrower=borrower_of(person)), keyed)

    @idempotent
    def post_later(self, request: Request, *, now: datetime, begun: bool) -> Response:
        """Accepts the request. A copy in somebody's hand, or a day in the past, can only be lent there and then."""
        _person, wanted = _wanted(request)
        if _is_dry_run(request):
            raise PleaseWait
        loan = loan_made_at(wanted["patron_id"], now) if begun else None
        if loan and loan.status != Loan.Status.REQUESTED:
            return loan_created(loan)
        if not wanted.keys() <= DEFERRABLE:
            raise PleaseWait
        return loan_accepted(loan or defer_loan(**wanted, now=now), asked_for=_prefers_later(request))


class LoanById(APIView):
    """One loan."""

    permission_classes = (OwnOrAllLoans,)

    @extend_schema(operation_id="get_loan", responses={200: LoanShown})
    def get(self, request: Request, pk: int) -> Response:
        """The loan."""
        return Response(LoanShown(get_object_or_404(OwnOrAllLoans.things(request.user, loans()), pk=pk)).data)


class ExplainLoan(APIView):
    """Why a loan is due when it is."""

    permission_classes = (OwnOrAllLoans,)

    @extend_schema(operation_id="explain_loan", responses={200: ExplanationShown})
    def get(self, request: Request, pk: int) -> Response:
        """The policy that the loan keeps, in sentences and whole, and the days from the loan to its due date, or to a
        late return."""
        own = OwnOrAllLoans.things(request.user, Loan.objects.select_related("terms"))
        explained = explanation_of(get_object_or_404(own, pk=pk), timezone.localdate())
        days = [{"date": day.on, "open": day.is_open, "why": why_of(day)} for day in explained.days]
        shown = {"loan": pk, "explanation": explained.sentences, "policy": explained.policy, "days": days}
        return Response(shown)


def _wanted(request: Request) -> tuple[Any, dict[str, Any]]:
    """Who borrows, and what a borrow asks for in the words of the service. Raises `ValidationError` and
    `PermissionDenied`."""
    refuse_to_override(request)
    if not request.user.is_staff:
        wanted = validated(Borrowing, request.data)
        return request.user, {"patron_id": request.user.pk, "book_id": wanted.pop("book"), **wanted}
    wanted = validated(DeskBorrowing, request.data)
    if not wanted.keys() <= {"book", "volume", "quantity"} and not has_right(request.user, "lending.add_loan"):
        raise PermissionDenied
    patron = wanted.pop("patron", request.user)
    book = wanted.pop("book", None) or book_of_barcode(wanted["barcode"])
    return patron, {"patron_id": patron.pk, "book_id": book, **wanted}


def _is_dry_run(request: Request) -> bool:
    return bool(request.query_params and filters_of(request, BorrowingOptions)["dry_run"])


def _prefers_later(request: Request) -> bool:
    """Whether one of its preferences is that (RFC 7240): their names may be written in any case."""
    preferences = request.headers.get("Prefer", "").split(",")
    return any(one.partition(";")[0].strip().lower() == "respond-async" for one in preferences)
