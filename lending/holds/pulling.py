"""Copies that librarians bring from the shelf because somebody waits for them."""

from datetime import datetime

from kernel.eventbus.publishing.outbox import publish_many
from kernel.storage.databases import atomic_in
from lending.holds.assigning import assign_copies
from lending.locks import lock_queues
from lending.models import Copy, Hold


@atomic_in("lending")
def pull_copy(copy_id: int, *, now: datetime) -> Hold | None:
    """Puts a copy that was to be pulled on the hold shelf, for the first who may have it; that hold. None where nobody
    waits any more: it belongs on its own shelf. Raises `Copy.DoesNotExist`."""
    lock_queues([Copy.objects.values_list("book", flat=True).get(pk=copy_id)])
    copy = Copy.objects.get(pk=copy_id, withdrawn=False)
    if copy.place != Copy.Place.TO_PULL:
        return Hold.objects.filter(copy=copy_id, status=Hold.Status.READY).select_related("copy").first()

    assigned = assign_copies([copy.book_id], now=now, in_hand=[copy_id])

    publish_many(assigned.events_by_themselves(now))
    return next(iter(assigned.ready), None)


def copy_to_pull(barcode: str) -> Copy | None:
    """The copy of that barcode, if somebody waits for it to be pulled from the shelf."""
    return Copy.objects.filter(barcode__anycase=barcode, place=Copy.Place.TO_PULL, withdrawn=False).first()
