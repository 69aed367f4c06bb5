"""What a hold would come to, before a patron agrees to it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from kernel.refusals import Refused
from lending.holds.asking import wanted_hold
from lending.holds.places import in_queue, of_queue
from lending.holds.waits.expecting import coming_of, days_kept
from lending.holds.waits.guessing import guess
from lending.models import Book
from lending.policies.eligibility import eligibility_shown
from lending.stock.whereabouts import copies_now


@dataclass(frozen=True, kw_only=True)
class HoldPreview:
    """A hold before it is placed: the volume that is asked for, of those that there are where copies differ in it (any,
    "", where one of them is of none); `reasons` against it, the `position` it would get, and when it is ready, perhaps.
    """

    book: Book
    volumes: Sequence[str]
    volume: str
    reasons: Collection[Refused] = ()
    position: int = 0
    expected_on: date | None = None

    @property
    def is_possible(self) -> bool:
        """Whether it would be placed: where there are volumes, one must have been chosen."""
        return bool(self.position) and not self.reasons


def preview_of_hold(book_id: int, volume: str, *, patron_id: int, now: datetime) -> HoldPreview:
    """What a hold of the patron would come to. An unknown volume is none. Raises `Book.DoesNotExist`."""
    today = timezone.localdate(now)
    book = Book.objects.get(pk=book_id, withdrawn=False)
    copies = copies_now(book_id)
    volumes = sorted({copy.volume for copy in copies})
    volumes = volumes if len(volumes) > 1 else []
    volume = volume if volume in volumes else ""
    if volumes and volume not in volumes:
        return HoldPreview(book=book, volumes=volumes, volume="")
    position = in_queue(book_id).filter(of_queue(volume)).count() + 1
    return HoldPreview(
        book=book,
        volumes=volumes,
        volume=volume,
        reasons=wanted_hold(book_id, volume, patron_id, eligibility_shown(patron_id, today)).reasons,
        position=position,
        expected_on=guess(position, volume, coming_of(copies), days_kept(book_id, now), today),
    )
