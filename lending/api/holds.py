"""The API's door to holds."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.http.idempotency.views import idempotent
from kernel.http.input.parsing import Nothing, filters_of, validated
from kernel.http.permissions import SignedIn, by_method, has_right, may, own_or_all
from kernel.http.schema import location
from lending.api.bodies import refuse_to_override
from lending.api.hold_serializers import DeskHolding, HoldFilters, Holding, HoldShown, MovingHold, PickupDay, Suspending
from lending.api.responses import volume_is_input
from lending.holds.queries import holds, of_status
from lending.holds.refusals import (
    AlreadyHeld,
    CopyAvailable,
    HoldLimitReached,
    HoldsPaused,
    NotWaiting,
    OnLoanToYou,
    QueueFull,
)
from lending.holds.services import cancel_hold, move_hold, place_hold, resume_hold, set_pickup_day, suspend_hold
from lending.models import Hold
from lending.overload.views import admitted
from lending.policies.refusals import (
    CardClosed,
    CardExpired,
    CardLost,
    NotForLoan,
    OverdueCopies,
    PatronBlocked,
    Suspended,
)

OwnOrAllHolds = own_or_all("lending.view_hold")
ActOnOwnOrAllHolds = own_or_all("lending.change_hold")
HOLD_REFUSALS = (
    CardClosed,
    CardExpired,
    CardLost,
    PatronBlocked,
    Suspended,
    OverdueCopies,
    HoldsPaused,
    HoldLimitReached,
    AlreadyHeld,
    OnLoanToYou,
    NotForLoan,
    CopyAvailable,
    QueueFull,
)


class Holds(ListAPIView[Hold]):
    """Holds."""

    permission_classes = (by_method(GET=OwnOrAllHolds, POST=SignedIn),)
    serializer_class = HoldShown
    queryset = Hold.objects.none()

    def get_queryset(self) -> QuerySet[Hold]:
        """The caller's holds, or everybody's."""
        wanted = filters_of(self.request, HoldFilters)
        of_its_status = of_status(wanted.pop("status"), timezone.localdate()) if "status" in wanted else Q()
        return OwnOrAllHolds.things(self.request.user, holds()).filter(of_its_status, **wanted)

    @extend_schema(operation_id="list_holds", parameters=[HoldFilters])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Holds, the newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="place_hold",
        request=DeskHolding,
        parameters=[location(201)],
        responses={201: HoldShown, 404: ("not_found",), 409: HOLD_REFUSALS},
    )
    @admitted()
    @idempotent
    def post(self, request: Request, *, now: datetime) -> Response:
        """Gives the patron the last place in the queue for a book, or for a volume of it."""
        with volume_is_input():
            hold = place_hold(**_wanted(request), now=now)
        return Response(HoldShown(hold).data, status=201, headers={"Location": f"/api/v1/holds/{hold.pk}"})


class HoldById(APIView):
    """One hold."""

    permission_classes = (OwnOrAllHolds,)

    @extend_schema(operation_id="get_hold", responses={200: HoldShown})
    def get(self, request: Request, pk: int) -> Response:
        """The hold."""
        return Response(HoldShown(get_object_or_404(OwnOrAllHolds.things(request.user, holds()), pk=pk)).data)


class CancelHold(APIView):
    """Calling a hold off."""

    permission_classes = (ActOnOwnOrAllHolds,)

    @extend_schema(operation_id="cancel_hold", request=None, responses={200: HoldShown, 409: (NotWaiting,)})
    @admitted()
    @idempotent
    def post(self, request: Request, pk: int, *, now: datetime) -> Response:
        """Ends the hold; a copy that is ready goes to the next."""
        validated(Nothing, request.data)
        own = ActOnOwnOrAllHolds.only_of(request.user)
        return Response(HoldShown(cancel_hold(pk, now=now, of_patron=own)).data)


class SuspendHold(APIView):
    """Letting others pass."""

    permission_classes = (ActOnOwnOrAllHolds,)

    @extend_schema(operation_id="suspend_hold", request=Suspending, responses={200: HoldShown, 409: (NotWaiting,)})
    @admitted()
    @idempotent
    def post(self, request: Request, pk: int, *, now: datetime) -> Response:
        """Lets others pass to that day, or until the hold is resumed; it keeps its place."""
        until = validated(Suspending, request.data).get("until")
        own = ActOnOwnOrAllHolds.only_of(request.user)
        return Response(HoldShown(suspend_hold(pk, now=now, until=until, of_patron=own)).data)


class ResumeHold(APIView):
    """Waiting again."""

    permission_classes = (ActOnOwnOrAllHolds,)

    @extend_schema(operation_id="resume_hold", request=None, responses={200: HoldShown, 409: (NotWaiting,)})
    @admitted()
    @idempotent
    def post(self, request: Request, pk: int, *, now: datetime) -> Response:
        """Lets a suspended hold wait again, at the place that it kept."""
        validated(Nothing, request.data)
        own = ActOnOwnOrAllHolds.only_of(request.user)
        return Response(HoldShown(resume_hold(pk, now=now, of_patron=own)).data)


class MoveHold(APIView):
    """A place in a queue that a librarian gives."""

    permission_classes = (may("lending.move_hold"),)

    @extend_schema(operation_id="move_hold", request=MovingHold, responses={200: HoldShown, 409: (NotWaiting,)})
    @admitted()
    @idempotent
    def post(self, request: Request, pk: int, *, now: datetime) -> Response:
        """Gives the hold that position; one that is beyond the end is the last."""
        return Response(HoldShown(move_hold(pk, now=now, **validated(MovingHold, request.data))).data)


class PickupDayOfHold(APIView):
    """The last day on which a ready hold may be collected."""

    permission_classes = (may("lending.move_hold"),)

    @extend_schema(operation_id="set_pickup_day", request=PickupDay, responses={200: HoldShown, 409: (NotWaiting,)})
    @admitted()
    @idempotent
    def post(self, request: Request, pk: int, *, now: datetime) -> Response:
        """Sets the day, as when somebody has asked by telephone."""
        return Response(HoldShown(set_pickup_day(pk, now=now, **validated(PickupDay, request.data))).data)


def _wanted(request: Request) -> dict[str, Any]:
    """What a hold asks for in the words of the service. Raises `ValidationError` and `PermissionDenied`."""
    refuse_to_override(request)
    if not request.user.is_staff:
        wanted = validated(Holding, request.data)
        return {"patron_id": request.user.pk, "book_id": wanted.pop("book"), **wanted}
    wanted = validated(DeskHolding, request.data)
    if not wanted.keys() <= {"book", "volume"} and not has_right(request.user, "lending.add_hold"):
        raise PermissionDenied
    patron = wanted.pop("patron", request.user)
    return {"patron_id": patron.pk, "book_id": wanted.pop("book"), **wanted}
