"""What a hold that somebody wants to place would be: the volume, and what the rules ask."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Count

from kernel.refusals import Refused
from lending.holds.by_now.promised import promised
from lending.holds.places import of_queue
from lending.holds.refusals import UnknownVolume, VolumeNeeded
from lending.holds.rules import HoldAsked, paused_until, reasons_against
from lending.models import OPEN, Copy, Hold, LoanLine
from lending.policies.eligibility import Eligibility
from lending.policies.loan_rules import is_for_loan
from lending.policy_fields import HoldRules


class Copies(NamedTuple):
    """So many copies of a book that are alike."""

    volume: str
    type: str
    may_be_lent: bool
    in_stock: bool
    waited_for: bool
    number: int


@dataclass(frozen=True, kw_only=True)
class WantedHold:
    """A hold as it would be placed, with every rule that is against it."""

    volume: str
    reasons: Collection[Refused]


def wanted_hold(book_id: int, volume: str | None, patron_id: int, patron: Eligibility) -> WantedHold:
    """The hold on a book that is known, or on a volume of it, for a patron, and what is against it. Raises
    `VolumeNeeded` and `UnknownVolume`."""
    copies = _copies_of(book_id)
    volume = volume_asked_for({one.volume for one in copies}, volume)
    fitting = [one for one in copies if one.may_be_lent and volume in {"", one.volume}]
    types = {one.type for one in copies if one.may_be_lent}
    rules = patron.decision(types.pop() if len(types) == 1 else "").rules.hold
    for_patron = [one for one in fitting if is_for_loan(patron.decision(one.type).rules)]
    own = list(Hold.objects.filter(OPEN, patron=patron_id).values_list("book", "volume"))
    asked = HoldAsked(
        patron=patron,
        rules=rules,
        own_holds=len(own),
        is_held=any(book == book_id and (volume in {"", held} or not held) for book, held in own),
        has_it=_has(patron_id, book_id, volume),
        for_loan=bool(for_patron),
        available=_is_one_free(book_id, for_patron, patron.day),
        copies=sum(one.number for one in fitting),
        in_queue=_in_queue(book_id, volume, rules),
        paused_until=paused_until(_no_shows(patron_id, rules), rules, patron.day),
    )
    return WantedHold(volume=volume, reasons=reasons_against(asked))


def volume_asked_for(volumes: Collection[str], volume: str | None) -> str:
    """The volume by which copies are told apart: none where all copies of the book are of one, or where any will do
    (""), which can be said where one of them is of none. Raises `VolumeNeeded` and `UnknownVolume`."""
    if volume and volume not in volumes:
        raise UnknownVolume(volume=volume)
    if not volume and len(volumes) > 1 and (volume is None or "" not in volumes):
        raise VolumeNeeded(volumes=", ".join(sorted(filter(None, volumes))))
    return volume or "" if len(volumes) > 1 else ""


def _copies_of(book_id: int) -> list[Copies]:
    alike = ("volume", "type", "for_loan", "place", "condition", "waited_for")
    copies = Copy.objects.filter(book=book_id, withdrawn=False).values(*alike).order_by(*alike)
    return [
        Copies(
            volume=one["volume"],
            type=one["type"],
            may_be_lent=one["for_loan"] and one["condition"] != Copy.Condition.LOST,
            in_stock=one["for_loan"] and (one["place"], one["condition"]) == ("shelf", "ok"),
            waited_for=one["waited_for"],
            number=one["n"],
        )
        for one in copies.annotate(n=Count("pk"))
    ]


def _is_one_free(book_id: int, copies: Sequence[Copies], day: date) -> bool:
    """Whether there is a copy on the shelf that nobody may have since midnight."""
    free = Counter({(one.volume, one.type): one.number for one in copies if one.in_stock})
    if any(one.in_stock and one.waited_for for one in copies):
        free -= Counter((match.copy.volume, match.copy.type) for match in promised([book_id], day))
    return bool(free)


def _has(patron_id: int, book_id: int, volume: str) -> bool:
    out = LoanLine.objects.filter(ending="", loan__patron=patron_id, copy__book=book_id, loan__status="active")
    return (out.filter(copy__volume=volume) if volume else out).exists()


def _in_queue(book_id: int, volume: str, rules: HoldRules) -> int:
    if rules.per_copy is None and rules.per_book is None:
        return 0
    return Hold.objects.filter(OPEN, of_queue(volume), book=book_id).count()


def _no_shows(patron_id: int, rules: HoldRules) -> list[date]:
    """The days behind the last ones of the holds that were not collected."""
    if not rules.no_shows:
        return []
    expired = Hold.objects.filter(patron=patron_id, status=Hold.Status.EXPIRED, pickup_by__isnull=False)
    return [day + timedelta(days=1) for day in expired.values_list("pickup_by", flat=True) if day]
