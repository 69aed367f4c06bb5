"""What a loan could be of: the very copy that was scanned, or the copies of each type that the book has."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q

from kernel.refusals import Refused
from lending.checkout.resting import resting_copies, rests
from lending.checkout.wanted import Wanted, beside_others
from lending.holds.asking import volume_asked_for
from lending.holds.borrowing import HELD, CopyIsHeld
from lending.models import Book, Copy, LoanLine
from lending.policies.asked import Asked
from lending.policies.eligibility import Eligibility
from lending.policies.loan_rules import is_for_loan, reasons_against
from lending.policies.table import Decision
from lending.policy_fields import LoanRules, Rules
from lending.stock.copies import Kind, kinds_of, lendable, scanned_copy, take_copies, take_named
from lending.stock.shelf import loan_that_has


@dataclass(frozen=True, kw_only=True)
class Option:
    """Copies of one type, with what is against lending them. `decision` is the policy of the loan's day, `kept` are the
    copies that are kept for the borrower."""

    wanted: Wanted
    decision: Decision
    asked: Asked
    copy: Copy | None
    volume: str = ""
    resting: Collection[int]
    kept: Sequence[Copy] = ()

    @property
    def counts_items(self) -> bool:
        """Whether accompanying items count as copies for the limits."""
        return self.asked.rules.items.count

    @property
    def reasons(self) -> list[Refused]:
        """What is against it, without what a librarian decided against."""
        return self._without_overridden(reasons_against(self.asked))

    def reasons_with(self, copies: Sequence[Copy]) -> list[Refused]:
        """What is against lending these copies, which were taken: somebody else may have had those that were looked
        at, and their items count."""
        asked = replace(self.asked, items=items_along(copies, self.decision))
        return self._without_overridden(reasons_against(asked)) if asked.items != self.asked.items else []

    def _without_overridden(self, reasons: Sequence[Refused]) -> list[Refused]:
        overridden = self.wanted.override
        return [one for one in reasons if one.is_final or one.code not in overridden]

    def take(self) -> list[Copy]:
        """Takes the copies; fewer where somebody else was faster."""
        if self.copy:
            return take_named([self.copy.pk])
        own = take_named([copy.pk for copy in self.kept[: self.wanted.quantity]]) if self.kept else []
        if len(own) == self.wanted.quantity:
            return own
        more = self.wanted.quantity - len(own)
        return own + take_copies(self.wanted.book_id, more, self.asked.copy_type, self.resting, self.volume)


def options_for(wanted: Wanted, patron: Eligibility, *, locked: bool = True) -> list[Option]:
    """The options, the best first; a copy that was scanned is locked, or only looked at. Raises `Book.DoesNotExist`,
    `VolumeNeeded` and `UnknownVolume`, and `CopyIsHeld` for a copy to be locked behind its queue, or that somebody may
    have been waiting for since midnight."""
    if wanted.barcode:
        copy = scanned_copy(wanted.barcode, locked=locked)
        if locked and copy and copy.place in HELD and not wanted.own.is_locked:
            raise CopyIsHeld
        if copy and copy.waited_for and copy.lendable:
            wanted = beside_others(wanted, copy.book_id, [copy.volume], patron.day, locked=locked)
        return [_scanned(wanted, patron, copy)]
    kinds = kinds_of(wanted.book_id)
    if not kinds:
        Book.objects.get(pk=wanted.book_id, withdrawn=False)
    volume = volume_asked_for({kind.volume for kind in kinds}, wanted.volume)
    fitting = [kind for kind in kinds if volume in {"", kind.volume}]
    if waited_for := [kind.volume for kind in fitting if kind.waited_for]:
        wanted = beside_others(wanted, wanted.book_id, waited_for, patron.day, locked=locked)
    types = dict.fromkeys(kind.type for kind in fitting) or {"": None}
    of_type = {name: [kind for kind in fitting if kind.type == name] for name in types}
    options = [_of_type(wanted, patron, name, of_type[name], volume) for name in types]
    return sorted(options, key=_how_well)


def _how_well(option: Option) -> tuple[bool, bool, int, bool]:
    """The best come first. Of those that can't be lent now, what is never lent to the patron says least: it comes
    behind what is out."""
    reasons = option.reasons
    return bool(reasons), not is_for_loan(option.asked.rules), len(reasons), not option.kept


def items_along(copies: Iterable[Copy], decision: Decision) -> int:
    """How many accompanying items go along with these copies by the policy that their loan keeps."""
    return sum(len(copy.items_there) for copy in copies) if decision.rules.items.lend else 0


def _scanned(wanted: Wanted, patron: Eligibility, copy: Copy | None) -> Option:
    copy_type = copy.type if copy else ""
    rules = patron.decision(copy_type).rules
    back_on = _back_on(wanted, patron, copy, rules) if copy and rules.loan.again_after_days != 0 else None
    asked = Asked(
        patron=patron,
        rules=rules,
        kept=patron.decision(copy_type, wanted.day).rules,
        quantity=wanted.quantity,
        day=wanted.day,
        copy_type=copy_type,
        barcode=wanted.barcode,
        copy_for_loan=copy.for_loan if copy else True,
        back_on=back_on,
        available=None if copy and (copy.lendable or copy.place in HELD) else 0,
        held=bool(copy and ((copy.place in HELD and copy not in wanted.own.copies) or copy in wanted.others)),
        items=items_along([copy] if copy else [], patron.decision(copy_type, wanted.day)),
        loan=loan_that_has(copy.pk) if copy and copy.place == Copy.Place.LOAN else None,
    )
    return Option(wanted=wanted, decision=patron.decision(copy_type, wanted.day), asked=asked, copy=copy, resting=())


def _of_type(wanted: Wanted, patron: Eligibility, copy_type: str, kinds: Sequence[Kind], volume: str) -> Option:
    own = [copy for copy in wanted.own.copies if copy.type == copy_type and volume in {"", copy.volume}]
    others = [copy for copy in wanted.others if copy.type == copy_type and volume in {"", copy.volume}]
    free = sum(kind.free for kind in kinds) + len(own) - len(others)
    rules, kept = patron.decision(copy_type).rules, patron.decision(copy_type, wanted.day)
    resting = _resting(wanted, patron, rules.loan, copy_type, volume, own)
    rested = [copy for copy in own if copy.pk not in resting]
    few = free >= wanted.quantity > free - len(resting)
    asked = Asked(
        patron=patron,
        rules=rules,
        kept=kept.rules,
        quantity=wanted.quantity,
        day=wanted.day,
        copy_type=copy_type,
        back_on=max(resting.values()) if few else None,
        available=free,
        held=bool(others) or sum(kind.held for kind in kinds) > len(own),
        items=items_along(_next(wanted, copy_type, volume, resting, rested), kept) if rules.items.count else 0,
    )
    return Option(wanted=wanted, decision=kept, asked=asked, copy=None, volume=volume, resting=resting, kept=rested)


def _next(wanted: Wanted, copy_type: str, volume: str, resting: Collection[int], own: Sequence[Copy]) -> Iterable[Copy]:
    """The copies of a type and volume that are lent next: first those that are kept for the borrower."""
    of_volume = {"volume": volume} if volume else {}
    free = lendable(wanted.book_id).filter(type=copy_type, **of_volume).exclude(pk__in=resting)
    return [*own, *free.order_by("pk")[: wanted.quantity]][: wanted.quantity]


def _back_on(wanted: Wanted, patron: Eligibility, copy: Copy, rules: Rules) -> date | None:
    """When the scanned copy was brought back last by those who do not get it again at once."""
    pairs = {(one, copy.pk) for one in _who_rests(wanted, patron, rules.loan)}
    return max(resting_copies(pairs).values(), default=None)


def _who_rests(wanted: Wanted, patron: Eligibility, rules: LoanRules) -> Collection[int]:
    """For whose returns a copy rests: the patron's own, or those of the whole family."""
    return patron.family.members if patron.family and rules.again_family else {wanted.patron_id}


def _resting(
    wanted: Wanted, patron: Eligibility, rules: LoanRules, copy_type: str, volume: str, own: Collection[Copy]
) -> Mapping[int, date]:
    """The copies on the shelf, and those kept for the borrower, that were brought back too short a time ago."""
    days = rules.again_after_days
    if days == 0 or "too_soon_again" in wanted.override:
        return {}
    lines = LoanLine.objects.filter(
        Q(copy__place="shelf") | Q(copy__in=own),
        Q(copy__volume=volume) if volume else Q(),
        copy__book=wanted.book_id,
        copy__type=copy_type,
        copy__condition="ok",
        loan__patron__in=_who_rests(wanted, patron, rules),
    )
    returned = lines.filter(ending=LoanLine.Ending.RETURNED, copy__withdrawn=False, copy__for_loan=True)
    found = dict(returned.order_by("brought_back__returned_on").values_list("copy", "brought_back__returned_on"))
    return {copy: back_on for copy, back_on in found.items() if rests(back_on, days, wanted.day)}
