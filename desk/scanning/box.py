"""The desk's box: what each scan comes to, and what stands on the page behind it."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied

from accounts.models import User
from desk.finding.copies import FoundBook, with_copies
from desk.finding.words import Found, look_up
from desk.models import Act
from desk.scanning.account import patron_on_screen
from desk.scanning.acts import Scan, done_before, lend, refused, renew, take_back
from desk.scanning.meaning import Command, Meaning, meaning_of
from desk.scanning.sitting import acts_of, note, repeats
from desk.scanning.undoing import undo, voided_before
from lending.models import Copy, Loan
from lending.queries import copy_of_barcode, open_loans_of
from lending.returns.items import ItemsMissing, MissingItems

MOST_IN_BASKET = 50


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the page sends with a scan: the copies that wait for a card, and what the person answered to a question or
    decided against which rules."""

    basket: tuple[str, ...] = ()
    only: str = ""
    missing: tuple[str, ...] | None = None
    override: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What stands on the page now: the acts just done, who is on screen, what waits for a card, and what is asked:
    which of two was meant, whether the items of a copy are all there, or which of those found."""

    patron: User | None = None
    acts: Sequence[Act] = ()
    basket: tuple[str, ...] = ()
    either: Meaning | None = None
    items_of: Copy | None = None
    against: tuple[str, ...] = ()
    """The codes of the rules that refused a copy and may be decided against; `missing` are its items that were."""
    refused_copy: Copy | None = None
    missing: tuple[str, ...] | None = None
    found: Found | None = None
    books: Sequence[FoundBook] = ()
    slip: bool = False
    day: date | None = None

    @property
    def asks(self) -> bool:
        """Whether the page waits for an answer."""
        return bool(self.either or self.items_of or self.found or self.against)


@dataclass(frozen=True, kw_only=True)
class Box:
    """The box at one sitting. `may` asks for a permission of whoever sits there."""

    sitting: uuid.UUID
    may: Callable[[str], bool]

    def take(self, scan: Scan, asked: Asked) -> Shown:
        """Does what was meant. Raises what `OVERLOAD` lists, and then it may be sent again under its key; and
        `PermissionDenied`."""
        meaning = meaning_of(scan.typed, asked.only)
        if meaning.copy and (before := done_before(scan)):
            return self._after([before], scan, asked)
        if meaning.command:
            return self._command(meaning.command, scan, asked)
        if meaning.against:
            return self._after([refused(scan, meaning.against)], scan, asked)
        if meaning.copy and meaning.holder:
            return self._after([], scan, asked, either=meaning)
        if meaning.copy:
            return self._copy(meaning.copy, scan, asked)
        if meaning.holder:
            return self._card(meaning.holder, scan, asked)
        found = look_up(scan.typed, self.may)
        return self._after([], scan, asked, found=found, books=with_copies(found.books))

    def _copy(self, copy: Copy, scan: Scan, asked: Asked) -> Shown:
        scan = replace(scan, typed=copy.barcode)
        if again := repeats(self.sitting, scan):
            return self._after([again], scan, asked)
        if copy.place == Copy.Place.TO_PULL and scan.patron is None:
            return self._after([take_back(scan, copy)], scan, asked)
        if copy.place in {Copy.Place.LOAN, Copy.Place.DROP_BOX}:
            self._needs("lending.change_loan")
            if copy.items_there and asked.missing is None:
                return self._after([], scan, asked, items_of=copy)
            anyway = ItemsMissing.code in asked.override
            if anyway:
                self._needs("lending.override")
            said = None if asked.missing is None else (*asked.missing, *copy.missing_items)
            missing = MissingItems(items=said, taken_all_the_same=anyway)
            return self._of_copy(copy, take_back(scan, copy, missing), scan, asked)
        if scan.patron is None:
            waiting = tuple(dict.fromkeys([*asked.basket, copy.barcode]))[-MOST_IN_BASKET:]
            return self._after([], scan, replace(asked, basket=waiting))
        patron = patron_on_screen(scan.patron)
        return self._of_copy(copy, self._lent(scan, copy, patron, asked), scan, asked, patron)

    def _of_copy(self, copy: Copy, act: Act, scan: Scan, asked: Asked, patron: User | None = None) -> Shown:
        """The act, and what can be decided against it by whoever may."""
        shown = self._after([act], scan, asked, patron)
        if not act.codes or not self.may("lending.override"):
            return shown
        return replace(shown, against=tuple(act.codes), refused_copy=copy, missing=asked.missing)

    def _lent(self, scan: Scan, copy: Copy, patron: User | None, asked: Asked) -> Act:
        if asked.override:
            self._needs("lending.override")
        return lend(scan, copy, patron, override=asked.override, reason=asked.reason)

    def _card(self, holder: User, scan: Scan, asked: Asked) -> Shown:
        """The day that was set ends with the patron for whom it was set."""
        scan = replace(scan, patron=holder.pk, day=scan.day if asked.basket else None)
        acts = list(self._out_of_basket(holder, scan, asked)) if asked.basket else []
        return self._after(acts, scan, replace(asked, basket=()), patron=holder)

    def _out_of_basket(self, holder: User, scan: Scan, asked: Asked) -> Iterator[Act]:
        for place, barcode in enumerate(asked.basket[:MOST_IN_BASKET]):
            one = replace(scan, key=f"{scan.key}:{place}", typed=barcode)
            try:
                copy = copy_of_barcode(barcode)
            except Copy.DoesNotExist:
                continue
            yield done_before(one) or lend(one, copy, holder)

    def _command(self, command: Command, scan: Scan, asked: Asked) -> Shown:
        if command is Command.NEXT:
            return Shown()
        if command is Command.SLIP:
            return replace(self._after([], scan, asked), slip=True)
        self._needs("lending.change_loan")
        acts = self._undo_last(scan) if command is Command.UNDO else self._renew_all(scan)
        return self._after(list(acts), scan, asked)

    def _undo_last(self, scan: Scan) -> Iterator[Act]:
        last = voided_before(scan) or next((act for act in acts_of(self.sitting) if act.is_undoable), None)
        if last:
            yield undo(last, scan)

    def _renew_all(self, scan: Scan) -> Iterator[Act]:
        if scan.patron is None:
            return
        for loan in open_loans_of(scan.patron).filter(status=Loan.Status.ACTIVE):
            one = replace(scan, key=f"{scan.key}:{loan.pk}", typed="")
            yield done_before(one) or renew(one, loan.pk)

    def _after(self, acts: Sequence[Act], scan: Scan, asked: Asked, patron: User | None = None, **asks: Any) -> Shown:
        noted = [note(self.sitting, act) for act in acts]
        patron = patron or patron_on_screen(scan.patron)
        return Shown(patron=patron, acts=noted, basket=asked.basket, day=scan.day, **asks)

    def _needs(self, permission: str) -> None:
        if not self.may(permission):
            raise PermissionDenied
