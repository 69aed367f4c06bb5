"""How lending's views answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from kernel.refusals import reasons_shown
from kernel.storage.databases import after_commit_in
from lending.api.hold_serializers import HoldShown
from lending.api.serializers import LoanShown
from lending.checkout.dry_run import DryRun
from lending.deferral.tasks import decide_soon
from lending.holds.refusals import UnknownVolume, VolumeNeeded
from lending.models import Hold, Loan, Return

DECIDED_WITHIN = 1
"""Seconds after which a patron may look again at a loan that was only requested."""
_SHOWN, _HOLD_SHOWN = LoanShown(), HoldShown()
"""One for all: making a serializer takes as long as what it does."""
PREFERENCE_APPLIED = {"Preference-Applied": "respond-async"}


@contextmanager
def volume_is_input() -> Iterator[None]:
    """A volume that is missing, or that the book has not, is bad input at this door."""
    try:
        yield
    except (VolumeNeeded, UnknownVolume) as refusal:
        raise ValidationError({"volume": [str(refusal)]}) from refusal


def loan_json(loan: Loan) -> dict[str, Any]:
    """A loan that is ready to be shown, as its JSON has it."""
    return _SHOWN.to_representation(loan)


def loan_created(loan: Loan) -> Response:
    """A borrow that was granted: 201."""
    return Response(loan_json(loan), status=201, headers={"Location": f"/api/v1/loans/{loan.pk}"})


def loan_accepted(loan: Loan, *, asked_for: bool = False) -> Response:
    """What is done later: 202, and a worker is asked to do it once this is committed. `asked_for`: by a `Prefer`."""
    after_commit_in("lending", decide_soon)
    headers = {"Location": f"/api/v1/loans/{loan.pk}", "Retry-After": str(DECIDED_WITHIN)}
    return Response(loan_json(loan), status=202, headers=headers | (PREFERENCE_APPLIED if asked_for else {}))


def dry_run_shown(tried: DryRun) -> Response:
    """What a borrow would come to: 200, whatever it is."""
    reasons = reasons_shown(tried.reasons)
    return Response(
        {
            "allowed": not reasons,
            "due_on": tried.due_on,
            "reasons": reasons,
            "explanation": list(tried.explanation),
        }
    )


def copy_pulled(hold: Hold | None) -> Response:
    """A copy that came from its shelf, where no loan had it: 200, with the hold for which it is ready."""
    shown = _HOLD_SHOWN.to_representation(hold) if hold else None
    nothing = {"id": None, "return_id": None, "days_late": 0, "days_counted": 0, "suspended_until": None}
    return Response({**nothing, "hold": shown})


def loan_returned(made: Return) -> Response:
    """A return that was made: 200."""
    until = made.suspended_until
    facts = {
        "return_id": made.pk,
        "days_late": made.days_late,
        "days_counted": made.days_counted,
        "hold": next((_HOLD_SHOWN.to_representation(hold) for hold in made.holds), None),
        "suspended_until": until if until and until >= timezone.localdate() else None,
    }
    return Response({**loan_json(made.loan), **facts})
