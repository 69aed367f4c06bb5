"""The patron's and the desk's door to lending."""

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

from kernel.http.idempotency import Keyed, commit_with_answer, idempotent, idempotent_by_itself
from kernel.http.parsing import Nothing, filters_of, validated
from kernel.http.permissions import Anyone, SignedIn, by_method, has_right, may, own_or_all
from kernel.http.problems import PleaseWait
from kernel.http.schema import location
from kernel.storage.databases import after_commit_in
from lending.checkout.allocation import OutOfStock
from lending.checkout.counter import Asking, borrow_at_counter, lent, shown
from lending.deferral.deferring import loan_made_at, note_request, note_return, return_made_at
from lending.deferral.requests import NotCancellable, cancel_loan, request_loan
from lending.deferral.tasks import decide_soon
from lending.models import Loan, Return
from lending.overload.views import guarded
from lending.policies.services import LoanLimitReached, PatronBlocked
from lending.queries import book_of_barcode, loans, stock_of
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
    RenewalRefused,
    Wish,
    borrow_book,
    loan_of_copy,
    renew_loan,
    return_book,
    return_copy,
)

DECIDED_WITHIN = 1
"""Seconds after which a patron may look again at a loan that was only requested."""
PREFER = OpenApiParameter(
    "Prefer", OpenApiTypes.STR, "header", description="`respond-async`: accept the loan now and decide it later (202)."
)
PREFERENCE_APPLIED = OpenApiParameter("Preference-Applied", {"const": "respond-async"}, "header", response=[202])
APPLIED = {"Preference-Applied": "respond-async"}
PLAIN_WISH = {"patron_id", "book_id", "quantity"}
"""What a request may hold that is decided later."""
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
    @guarded(later="post_later")
    @idempotent_by_itself
    def post(self, request: Request, *, now: datetime, keyed: Keyed | None) -> Response:
        """Borrows copies of a book, or accepts the wish and decides it later (202): under overload, or because
        `Prefer: respond-async` asks for that."""
        wanted = _wanted(request)
        if not wanted.keys() <= PLAIN_WISH:
            return commit_with_answer(keyed, lambda: lent(borrow_book(**wanted, now=now)))
        if _prefers_later(request):
            return commit_with_answer(keyed, lambda: _accepted(request_loan(**wanted, now=now), APPLIED))
        return borrow_at_counter(Asking(wish=Wish(**wanted, asked_at=now), keyed=keyed))

    @idempotent
    def post_later(self, request: Request, *, now: datetime, begun: bool) -> Response:
        """Accepts the wish. A copy in somebody's hand, or a day in the past, can only be lent there and then."""
        wanted = _wanted(request)
        loan = loan_made_at(wanted["patron_id"], now) if begun else None
        if loan and loan.status != Loan.Status.REQUESTED:
            return lent(loan)
        if not wanted.keys() <= PLAIN_WISH:
            raise PleaseWait
        return _accepted(loan or note_request(**wanted, now=now), APPLIED if _prefers_later(request) else {})


class LoanById(APIView):
    """One loan."""

    permission_classes = (OwnOrAllLoans,)

    @extend_schema(responses={200: LoanShown})
    def get(self, request: Request, pk: int) -> Response:
        """The loan."""
        return Response(LoanShown(get_object_or_404(OwnOrAllLoans.things(request.user, loans()), pk=pk)).data)


class ReturnLoan(APIView):
    """Bringing copies of a loan back."""

    permission_classes = (ActOnOwnOrAll,)

    @extend_schema(
        request=Returning, parameters=[location(202)], responses={200: BroughtBack, 202: LoanShown, 409: (NotOnLoan,)}
    )
    @guarded(later="post_later")
    @idempotent
    def post(self, request: Request, pk: int, *, now: datetime) -> Response:
        """Returns all copies that are out, or so many of them; under overload it is accepted and done later (202)."""
        of_patron = ActOnOwnOrAll.only_of(request.user)
        return _brought(return_book(pk, now=now, of_patron=of_patron, **validated(Returning, request.data)))

    @idempotent
    def post_later(self, request: Request, pk: int, *, now: datetime, begun: bool) -> Response:
        """Accepts the return."""
        _own_loan(request, pk)
        return _taken_in(pk, now, begun, **validated(Returning, request.data))


class ReturnByBarcode(APIView):
    """Bringing a copy back at the desk."""

    permission_classes = (may("lending.change_loan"),)

    @extend_schema(
        request=ReturningByBarcode,
        parameters=[location(202)],
        responses={200: BroughtBack, 202: LoanShown, 409: (NotOnLoan,)},
    )
    @guarded(later="post_later")
    @idempotent
    def post(self, request: Request, *, now: datetime) -> Response:
        """Returns the copy of that barcode, whoever has it; under overload it is accepted and done later (202)."""
        return _brought(return_copy(**validated(ReturningByBarcode, request.data), now=now))

    @idempotent
    def post_later(self, request: Request, *, now: datetime, begun: bool) -> Response:
        """Accepts the return."""
        barcode = validated(ReturningByBarcode, request.data)["barcode"]
        return _taken_in(loan_of_copy(barcode, now if begun else None), now, begun, barcode=barcode)


class RenewLoan(APIView):
    """Keeping a loan longer."""

    permission_classes = (ActOnOwnOrAll,)

    @extend_schema(request=None, responses={200: LoanShown, 409: (RenewalRefused,)})
    @guarded()
    @idempotent
    def post(self, request: Request, pk: int, *, now: datetime) -> Response:
        """Moves the due date one loan period on."""
        validated(Nothing, request.data)
        return Response(shown(renew_loan(pk, now=now, of_patron=ActOnOwnOrAll.only_of(request.user))))


class CancelLoan(APIView):
    """Calling off a loan that was only requested."""

    permission_classes = (ActOnOwnOrAll,)

    @extend_schema(request=None, responses={200: LoanShown, 409: (NotCancellable,)})
    @guarded()
    @idempotent
    def post(self, request: Request, pk: int, *, now: datetime) -> Response:
        """Cancels the loan while it is requested."""
        validated(Nothing, request.data)
        return Response(shown(cancel_loan(pk, now=now, of_patron=ActOnOwnOrAll.only_of(request.user))))


class BookAvailability(APIView):
    """Live stock."""

    permission_classes = (Anyone,)

    @extend_schema(responses={200: Availability})
    def get(self, request: Request, pk: int) -> Response:
        """How many copies can be borrowed at this moment."""
        return Response({"book": pk, **stock_of(pk), "as_of": timezone.localtime()})


def _wanted(request: Request) -> dict[str, Any]:
    """What a borrow asks for, in the words of the service. Raises `ValidationError`."""
    if not request.user.is_staff:
        wanted = validated(Borrowing, request.data)
        return {"patron_id": request.user.pk, "book_id": wanted["book"], "quantity": wanted["quantity"]}
    wanted = validated(DeskBorrowing, request.data)
    if not wanted.keys() <= {"book", "quantity"} and not has_right(request.user, "lending.add_loan"):
        raise PermissionDenied
    patron = wanted.pop("patron", request.user)
    book = wanted.pop("book", None) or book_of_barcode(wanted["barcode"])
    return {"patron_id": patron.pk, "book_id": book, **wanted}


def _prefers_later(request: Request) -> bool:
    return "respond-async" in request.headers.get("Prefer", "")


def _brought(brought: Return) -> Response:
    return Response({**shown(brought.loan), "days_late": brought.days_late})


def _taken_in(loan_id: int, now: datetime, begun: bool, **what: Any) -> Response:
    """The answer to a return that is done later, unless it was done already."""
    if begun and (brought := return_made_at(loan_id, now)):
        return _brought(brought)
    note_return(loan_id, now=now, **what)
    return _accepted(loans().get(pk=loan_id), {})


def _accepted(loan: Loan, headers: dict[str, str]) -> Response:
    after_commit_in("lending", decide_soon)
    common = {"Location": f"/api/v1/loans/{loan.pk}", "Retry-After": str(DECIDED_WITHIN)}
    return Response(shown(loan), status=202, headers=common | headers)


def _own_loan(request: Request, pk: int) -> None:
    """Raises `Http404` for a loan that is somebody else's."""
    get_object_or_404(ActOnOwnOrAll.things(request.user, Loan.objects.only("pk")), pk=pk)
