"""What can be done about the results of a stocktaking: for each list its acts, each through the service of the context
whose thing it is."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.models import Stocktaking
from catalog.services import revise_copy
from catalog.stocktaking.scanning import Reading, scan_barcodes
from desk.stocktaking.acting import Act, Doing, Row, Words, copy_of, each
from desk.stocktaking.forms import ReturnedOn
from desk.stocktaking.of_lending import coming_back, marked_as, marking, return_copy, shelve, shelving
from lending.marks.rules import Mark


def _scan_by_hand(row: Row, doing: Doing) -> object:
    return scan_barcodes(doing.one.pk, reading=Reading(barcodes=[row.barcode], by=doing.by), now=doing.now)


def _belonging_here(one: Stocktaking) -> dict[str, str]:
    """What the record of a copy says that belongs on these shelves, as far as they are of one kind."""
    kinds = (("room", one.rooms), ("shelving_mark", one.shelving_marks))
    return {name: values[0] for name, values in kinds if len(values) == 1}


def _keep_here(row: Row, doing: Doing) -> object:
    return revise_copy(copy_of(row), now=doing.now, **_belonging_here(doing.one))


def _keeping(rows: Sequence[Row], doing: Doing) -> Mapping[int, Words]:
    place = ", ".join(value or "–" for value in _belonging_here(doing.one).values())
    return each(_("Its record will say: %(place)s.") % {"place": place})(rows, doing)


SCAN, MARK, RETURN, RECORD = (
    "catalog.change_stocktaking", "lending.mark_copy", "lending.change_loan", "catalog.change_copy",
)  # fmt: skip
SETTLE = Act(
    gettext_lazy("Dealt with"),
    SCAN,
    each(gettext_lazy("It goes from the list; nothing else is changed.")),
    lambda row, doing: None,
)
ACTS: Mapping[str, Mapping[str, Act]] = {
    "missing": {
        "mark_missing": Act(
            gettext_lazy("Mark as missing"),
            MARK,
            marking(Mark.MISSING, gettext_lazy("It will be missing and can't be lent.")),
            marked_as(Mark.MISSING),
        ),
        "here": Act(
            gettext_lazy("It is here"),
            SCAN,
            each(gettext_lazy("It counts as scanned by you.")),
            _scan_by_hand,
            fits=lambda one: one.is_going_on,
        ),
        "settle": SETTLE._replace(fits=lambda one: one.status == Stocktaking.Status.ENDED),
    },
    "misplaced": {
        "put_right": SETTLE._replace(
            title=gettext_lazy("Put in its place"), look=each(gettext_lazy("It stands where it belongs now."))
        ),
        "keep_here": Act(
            gettext_lazy("It belongs here"),
            RECORD,
            _keeping,
            _keep_here,
            fits=lambda one: bool(_belonging_here(one)),
        ),
    },
    "on_loan": {"take_back": Act(gettext_lazy("Take back"), RETURN, coming_back, return_copy, ReturnedOn)},
    "found": {
        "mark_found": Act(
            gettext_lazy("Found again"),
            MARK,
            marking(Mark.FOUND, gettext_lazy("It will be on its shelf; what was charged for it is settled.")),
            marked_as(Mark.FOUND),
        )
    },
    "elsewhere": {"shelve": Act(gettext_lazy("Put on its shelf"), MARK, shelving, shelve), "settle": SETTLE},
    "withdrawn": {"settle": SETTLE},
    "unknown": {"settle": SETTLE},
}
"""The acts of each list."""
