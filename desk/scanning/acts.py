"""What a scan does in lending, and what is said of it.

Each act is kept under the key of its scan in the transaction of its effect: a scan that is sent again, since its answer
was lost, does nothing and is answered as before.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import router
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from desk.models import Act
from fines.queries import fee_for
from kernel.days.late_days import CHARGING
from kernel.http.idempotency.forms import Note, Outcome, SentForm, SentMeanwhileError
from kernel.money import money
from kernel.observability.metrics import REFUSALS
from kernel.refusals import Refused
from kernel.reversing import page
from kernel.staff.refusals import ChangedMeanwhile
from lending.checkout.services import borrow_book
from lending.deferral.desk import admit
from lending.deferral.desk import take_back as take_back_copy
from lending.holds.pulling import pull_copy
from lending.models import Copy, Hold, Loan, Return
from lending.policies.borrowers import borrower_of
from lending.renewals.services import renew_loan
from lending.returns.drop_box import shelve_copy
from lending.returns.items import NOTHING_SAID, MissingItems
from lending.returns.services import loan_of_copy, return_book

Keep = Callable[[Act], None]
KEPT = ("kind", "title", "patron", "loan", "return_id", "held_for")
"""What is kept of an act beside its sentence."""


@dataclass(frozen=True, kw_only=True)
class Scan:
    """One scan: who scanned what under which key, for whom, and as of which earlier day, if one is set. It may have
    waited before it was sent, from `scanned_at` until `now`. `again_of` is the key of the scan that read the same just
    before, empty where none did; None where the browser does not say."""

    by: int
    key: str
    typed: str
    now: datetime
    scanned_at: datetime
    again_of: str | None = None
    patron: int | None = None
    day: date | None = None

    def act(self, *, kind: str, said: str, **facts: Any) -> Act:
        """What came of it, not saved yet."""
        return Act(by=self.by, key=self.key, typed=self.typed, at=self.scanned_at, kind=kind, said=said, **facts)


def done_before(scan: Scan) -> Act | None:
    """What came of a scan that was sent before, since its answer was lost; None where nothing was done."""
    outcome = sent(scan).outcome()
    if outcome is None:
        return None
    (note,) = outcome.notes
    return scan.act(said=note.sentence, **json.loads(note.about))


def lend(scan: Scan, copy: Copy, patron: User | None, *, override: Iterable[str] = (), reason: str = "") -> Act:
    """Lends the copy to the patron of the scan, who was just read, unless there is nobody of that id."""
    what: dict[str, Any] = {"patron_id": scan.patron, "book_id": copy.book_id, "barcode": copy.barcode}
    what |= {"borrowed_on": scan.day, "override": tuple(override), "reason": reason, "now": scan.now}
    service = partial(borrow_book, **what, borrower=borrower_of(patron) if patron else None)
    return _done_once(scan, lambda keep: admit(partial(service, keep=lambda made: keep(_lent(scan, made, copy)))), copy)


def take_back(scan: Scan, copy: Copy, missing: MissingItems = NOTHING_SAID) -> Act:
    """Takes the copy back, whoever has it, or puts it from the drop box on the shelf, or from its shelf on the hold
    shelf. What comes back without its items is decided at once or not at all."""
    if copy.place == Copy.Place.DROP_BOX:
        service = partial(shelve_copy, copy.pk, returned_on=scan.day, missing=missing, now=scan.now)
        return _done_once(scan, lambda keep: admit(service, lambda made: keep(_shelved(scan, copy, made.holds))), copy)
    if copy.place == Copy.Place.TO_PULL:
        pulling = partial(pull_copy, copy.pk, now=scan.now)
        return _done_once(scan, lambda keep: admit(pulling, lambda hold: keep(_shelved(scan, copy, [hold]))), copy)

    what: dict[str, Any] = {"barcode": copy.barcode, "now": scan.now, "returned_on": scan.day}

    def do(keep: Keep) -> None:
        loan = loan_of_copy(copy.barcode)
        if missing.items:
            service = partial(return_book, loan, missing=missing, **what)
            admit(service, lambda made: keep(_back(scan, made, copy, missing)))
        else:
            take_back_copy(loan, **what, keep=lambda made: keep(_back(scan, made, copy)))

    return _done_once(scan, do, copy)


def renew(scan: Scan, loan_id: int) -> Act:
    """Moves the due date of a loan on."""
    service = partial(renew_loan, loan_id, now=scan.now)
    return _done_once(scan, lambda keep: admit(service, lambda loan: keep(_renewed(scan, loan))))


def refused(scan: Scan, refusal: Refused, copy: Copy | None = None) -> Act:
    """Why nothing was done."""
    REFUSALS.labels(refusal.code).inc()
    reasons = refusal.reasons or (refusal,)
    title, loan = copy.book.title if copy else "", refusal.facts.get("loan")
    act = scan.act(kind=Act.Kind.REFUSED, said=" ".join(map(str, reasons)), patron=scan.patron, title=title, loan=loan)
    act.codes = [reason.code for reason in reasons if not reason.is_final]
    return act


def _lent(scan: Scan, loan: Loan, copy: Copy) -> Act:
    said = _("Lent until %(due_on)s.") % {"due_on": date_format(loan.due_on or "")}
    if loan.all_lines[0].items:
        said += " " + _("What goes along: %(items)s.") % {"items": ", ".join(copy.items_there)}
    return scan.act(kind=Act.Kind.LENT, said=said, title=loan.title, patron=loan.patron_id, loan=loan.pk)


def _back(scan: Scan, made: Return | None, copy: Copy, missing: MissingItems = NOTHING_SAID) -> Act:
    if made is None:
        return scan.act(kind=Act.Kind.ACCEPTED, said=_("The return is accepted and done soon."), title=copy.book.title)
    sentences = [_("Taken back."), *map(_until_when, made.holds), *_what_late_brings(made, copy)]
    if missing.items:
        sentences.append(_("Missing: %(items)s.") % {"items": ", ".join(missing.items)})
    facts = {"title": made.loan.title, "patron": made.patron_id, "loan": made.loan_id, "return_id": made.pk}
    return scan.act(kind=Act.Kind.BACK, said=" ".join(sentences), held_for=_holder(made.holds), **facts)


def _what_late_brings(made: Return, copy: Copy) -> Iterable[str]:
    if made.days_late:
        fee = _fee(made, copy)
        late = ngettext("%(days)s day late", "%(days)s days late", made.days_late) % {"days": made.days_late}
        charged = _("%(late)s: a fine of %(fee)s is charged by the schedule.")
        sentence = charged if fee else _("%(late)s: nothing is charged for that.")
        yield sentence % {"late": late, "fee": money(fee)}
    if made.suspension_days and made.suspended_until:
        yield _("Suspended until %(until)s, the last day.") % {"until": date_format(made.suspended_until)}


def _fee(made: Return, copy: Copy) -> int:
    if made.late_as not in CHARGING:
        return 0
    category = made.loan.patron.category_id or "" if made.loan.patron else ""
    what: dict[str, Any] = {"days": made.days_counted, "price": copy.price, "late_items": made.late_items}
    return fee_for(category, copy.type, made.returned_on, **what)


def _shelved(scan: Scan, copy: Copy, holds: Sequence[Hold | None]) -> Act:
    was_in_box = copy.place == Copy.Place.DROP_BOX
    sentence = _("It was in the drop box and belongs on the shelf.") if was_in_box else _("It belongs on its shelf.")
    said = " ".join(map(_until_when, filter(None, holds))) or sentence
    return scan.act(kind=Act.Kind.SHELVED, said=said, title=copy.book.title, held_for=_holder(holds))


def _holder(holds: Sequence[Hold | None]) -> int | None:
    return next((hold.patron_id for hold in holds if hold), None)


def _until_when(hold: Hold) -> str:
    sentence = _("It is held: put it on the hold shelf, to be collected by %(day)s.")
    return sentence % {"day": date_format(hold.pickup_by or "")}


def _renewed(scan: Scan, loan: Loan) -> Act:
    said = _("Renewed until %(due_on)s.") % {"due_on": date_format(loan.due_on or "")}
    return scan.act(kind=Act.Kind.RENEWED, said=said, title=loan.title, patron=loan.patron_id, loan=loan.pk)


def _done_once(scan: Scan, do: Callable[[Keep], object], copy: Copy | None = None) -> Act:
    """A refusal is an act too. What `OVERLOAD` lists is raised."""
    made: list[Act] = []

    def keep(act: Act) -> None:
        made.append(act)
        about = json.dumps({name: getattr(act, name) for name in KEPT})
        note = Note(level=messages.INFO, sentence=act.said, about=about)
        sent(scan).keep(Outcome(address=page("admin:desk"), notes=(note,)))

    try:
        do(keep)
    except (Refused, ObjectDoesNotExist, SentMeanwhileError) as no:
        why = no if isinstance(no, Refused) else ChangedMeanwhile()
        return done_before(scan) or refused(scan, why, copy)  # sent twice, it was done while this one waited
    return made[-1]


def sent(scan: Scan) -> SentForm:
    """The scan as a form, under whose key its outcome is kept."""
    return SentForm(name="scan", caller_id=scan.by, key=scan.key, database=router.db_for_write(Loan))
