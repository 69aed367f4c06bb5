"""What patrons put into the drop box: their loan is over, and the copy waits for a librarian."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from kernel.eventbus.publishing.outbox import publish_many
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in
from lending.events import CopyConditionChanged
from lending.history.services import note_act
from lending.holds.assigning import assign_copies
from lending.locks import lock_queues
from lending.models import Copy, Patron, Return
from lending.policies.late_returns import rules_kept
from lending.policy_fields import Rules
from lending.queries import loans
from lending.returns.items import NOTHING_SAID, MissingItems, note_missing_items
from lending.returns.refusals import not_before_the_loan
from lending.stock.shelf import shelf_of


class NoSelfReturn(Refused):
    code = "only_at_the_desk"
    sentence = _("This can only be brought back at the desk.")


def place_of_own_return(rules: Rules) -> Copy.Place:
    """Where a copy is that a patron brings back without a librarian. Raises `NoSelfReturn`."""
    if rules.loan.self_return is False:
        raise NoSelfReturn
    return Copy.Place.DROP_BOX if rules.loan.self_return == "drop_box" else Copy.Place.SHELF


def copy_in_drop_box(barcode: str) -> Copy | None:
    """The copy of that barcode, if it is in the drop box."""
    return Copy.objects.filter(barcode__anycase=barcode, place=Copy.Place.DROP_BOX, withdrawn=False).first()


@atomic_in("lending")
def shelve_copy(
    copy_id: int, *, now: datetime, returned_on: date | None = None, missing: MissingItems = NOTHING_SAID
) -> Return:
    """Puts a copy on the shelf that is in the drop box, or on the hold shelf for the first who waits for it; the return
    by which it came there, and which counts for its own day. One that is there no more stays where it is. Raises
    `Copy.DoesNotExist`, `Return.DoesNotExist`, `BeforeTheLoan`, `UnknownItems` and `ItemsMissing`."""
    lock_queues([Copy.objects.values_list("book", flat=True).get(pk=copy_id)])
    copy = Copy.objects.select_for_update(of=("self",)).select_related("book").get(pk=copy_id, withdrawn=False)
    made = Return.objects.filter(lines__copy=copy).latest("pk")
    made.loan = loans().get(pk=made.loan_id)
    not_before_the_loan(made.loan, returned_on)
    made.suspended_until = Patron.objects.filter(pk=made.patron_id).values_list("suspended_until", flat=True).first()
    if copy.place != Copy.Place.DROP_BOX:
        return made
    note_missing_items(copy, missing, rules_kept(made.loan, "", copy.type).items)

    copy.place, copy.moves = Copy.Place.SHELF, copy.moves + 1
    copy.save(update_fields=["place", "moves"])
    note_act("CopyConditionChanged", at=now, copy_id=copy.pk)
    assigned = assign_copies([copy.book_id], now=now, in_hand=[copy.pk], return_id=made.pk)
    made.holds = assigned.ready

    moved = CopyConditionChanged(
        occurred_at=now,
        copy=copy.pk,
        book=copy.book_id,
        title=copy.book.title,
        copy_type=copy.type,
        price=copy.price,
        shelf={**shelf_of([copy]), **assigned.shelf},
        condition=copy.condition,
    )
    publish_many([moved, *assigned.events(now)])
    return made
