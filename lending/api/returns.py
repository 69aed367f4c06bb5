"""The API's door to returns."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.http.idempotency.keys import Keyed, commit_with_answer
from kernel.http.idempotency.views import idempotent, idempotent_by_itself
from kernel.http.input.parsing import validated
from kernel.http.permissions import has_right, may
from kernel.http.problems import PleaseWait
from kernel.http.schema import location
from kernel.observability.tracing import acting
from lending.api.bodies import DeskReturning, Returning, ReturningByBarcode, refuse_to_override
from lending.api.group_commit import return_in_group
from lending.api.loans import ActOnOwnOrAll
from lending.api.responses import copy_pulled, loan_accepted, loan_returned
from lending.api.serializers import BROUGHT_BACK, BroughtBack, LoanShown
from lending.deferral.services import defer_return, return_made_at
from lending.holds.pulling import copy_to_pull, pull_copy
from lending.models import Loan
from lending.overload.views import admitted
from lending.queries import loans
from lending.returns.drop_box import NoSelfReturn, copy_in_drop_box
from lending.returns.grouped import ReturnRequest
from lending.returns.items import ItemsMissing, MissingItems, UnknownItems
from lending.returns.refusals import BeforeTheLoan, NotOnLoan
from lending.returns.services import loan_of_copy, return_book, return_copy


class ReturnLoan(APIView):
    """Bringing copies of a loan back."""

    permission_classes = (ActOnOwnOrAll,)

    @extend_schema(
        operation_id="return_loan",
        request=DeskReturning,
        parameters=[location(202)],
        responses={200: BroughtBack, 202: LoanShown, 409: (NotOnLoan, NoSelfReturn)},
    )
    @admitted(deferred_by="post_later")
    @idempotent_by_itself
    def post(self, request: Request, pk: int, *, now: datetime, keyed: Keyed | None) -> Response:
        """Returns all copies that are out, or so many of them; under overload it is accepted and done later (202)."""
        own, wanted = ActOnOwnOrAll.only_of(request.user), _wanted(request)

        def alone() -> Response:
            with earlier_day_is_input():
                return loan_returned(return_book(pk, now=now, of_patron=own, **wanted))

        if "returned_on" in wanted:
            return commit_with_answer(keyed, alone)
        asked = ReturnRequest(asked_at=now, loan_id=pk, of_patron=own, quantity=wanted.get("quantity"))
        return return_in_group(asked, keyed, alone)

    @idempotent
    def post_later(self, request: Request, pk: int, *, now: datetime, begun: bool) -> Response:
        """Accepts the return of a loan that the caller may act on; somebody else's answers 404."""
        get_object_or_404(ActOnOwnOrAll.things(request.user, Loan.objects.only("pk")), pk=pk)
        own = ActOnOwnOrAll.only_of(request.user)
        return _deferred(pk, now, begun, of_patron=own, **_wanted(request))


class ReturnByBarcode(APIView):
    """Bringing a copy back at the desk."""

    permission_classes = (may("lending.change_loan"),)

    @extend_schema(
        operation_id="return_copy",
        request=ReturningByBarcode,
        parameters=[location(202)],
        responses={200: BROUGHT_BACK, 202: LoanShown, 409: (NotOnLoan, ItemsMissing)},
    )
    @admitted(deferred_by="post_later")
    @idempotent_by_itself
    def post(self, request: Request, *, now: datetime, keyed: Keyed | None) -> Response:
        """Returns the copy of that barcode, whoever has it, or puts one that comes from its shelf on the hold shelf;
        under overload a return is accepted and done later (202)."""
        refuse_to_override(request)
        wanted = validated(ReturningByBarcode, request.data)
        alone = partial(_scanned, wanted, now)
        if wanted.keys() != {"barcode"}:
            return commit_with_answer(keyed, alone)
        return return_in_group(ReturnRequest(asked_at=now, barcode=wanted["barcode"]), keyed, alone)

    @idempotent
    def post_later(self, request: Request, *, now: datetime, begun: bool) -> Response:
        """Accepts the return of a copy that is on loan. What is to be shelved is scanned again."""
        wanted = validated(ReturningByBarcode, request.data)
        barcode = wanted["barcode"]
        if not wanted.keys() <= {"barcode", "returned_on"} or copy_to_pull(barcode) or copy_in_drop_box(barcode):
            raise PleaseWait
        return _deferred(loan_of_copy(barcode, now if begun else None), now, begun, **wanted)


def _scanned(wanted: Mapping[str, Any], now: datetime) -> Response:
    """The response to a copy that is scanned as it comes back, with all that was said of it."""
    said = dict(wanted)
    items, override = said.pop("missing_items", None), said.pop("override", ())
    missing = MissingItems(items=items, taken_all_the_same=ItemsMissing.code in override)
    with earlier_day_is_input(), acting(reason=said.pop("reason", "")):
        if copy := copy_to_pull(said["barcode"]):
            return copy_pulled(pull_copy(copy.pk, now=now))
        return loan_returned(return_copy(**said, missing=missing, now=now))


def _wanted(request: Request) -> dict[str, Any]:
    """What a return asks for in the words of the service: only the desk names a day. Raises `ValidationError`."""
    may_name_a_day = has_right(request.user, "lending.change_loan")
    return validated(DeskReturning if may_name_a_day else Returning, request.data)


@contextmanager
def earlier_day_is_input() -> Iterator[None]:
    """A day before the loan, and items that the copy has not, are bad input at this door."""
    try:
        yield
    except BeforeTheLoan as refusal:
        raise ValidationError({"returned_on": [str(refusal)]}) from refusal
    except UnknownItems as refusal:
        raise ValidationError({"missing_items": [str(refusal)]}) from refusal


def _deferred(loan_id: int, now: datetime, begun: bool, **what: Any) -> Response:
    """The response to a return that is done later, unless it was done already."""
    if begun and (made := return_made_at(loan_id, now)):
        return loan_returned(made)
    with earlier_day_is_input():
        defer_return(loan_id, now=now, **what)
    return loan_accepted(loans().get(pk=loan_id))
