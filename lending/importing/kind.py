"""Open loans as a kind of import: what the engine of `kernel.importing` needs of them."""

from datetime import datetime

from kernel.importing.kinds import EncodingOptions, Kind
from kernel.importing.models import Doubt
from lending.importing import files
from lending.importing.reasons import Reason
from lending.importing.taking import take
from lending.importing.undoing import undo


def decide(doubt: Doubt, decision: str, now: datetime) -> str:
    """Nothing: a loan comes in or not, and is never in doubt."""
    raise LookupError(doubt.pk)


LOANS = Kind(
    name="loans",
    context="lending",
    reasons=Reason,
    read=files.read,
    expected=files.expected,
    preview=files.preview,
    take=take,
    decide=decide,
    undo=undo,
    options_form=EncodingOptions,
    fields=list(files.LABELS.items()),
    labels=files.LABELS,
)
