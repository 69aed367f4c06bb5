"""What is left of a notice's causes when it goes out, and the values that its words are filled with.

What is back, paid, lifted or renewed already is left out."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.money import money
from notices.kinds import Kind
from notices.models import Cause
from notices.people import Contact
from notices.writing.known import Known

Values = dict[str, Any]
READY = "ready"


def lines_of(causes: Iterable[Cause], person: Contact, known: Known, today: date) -> dict[Kind, list[Values]]:
    """The values of each thing that the person is still to hear of, by kind, in the active language."""
    found: dict[Kind, dict[int, Values]] = {}
    for cause in causes:
        values = LINES[Kind(cause.kind)](cause, person, known, today)
        if values is not None:  # a thing stands there once: of two reminders of a loan the later one
            found.setdefault(Kind(cause.kind), {})[_thing(cause)] = values
    return {kind: list(found[kind].values()) for kind in Kind if kind in found}


def _thing(cause: Cause) -> int:
    return cause.thing_id if cause.kind in (Kind.OVERDUE, Kind.DUE_SOON, Kind.HOLD_READY) else cause.pk


def _loan(cause: Cause, person: Contact, known: Known, today: date) -> Values | None:
    loan = known.loans.get(cause.thing_id)
    if loan is None or loan.due_on is None or loan.due_on != cause.day:
        return None
    is_late = loan.due_on < today
    if loan.outstanding <= loan.claimed or is_late != (cause.kind == Kind.OVERDUE):
        return None
    return {"title": loan.title, "due_on": date_format(loan.due_on), "days": abs((today - loan.due_on).days)}


def _hold(cause: Cause, person: Contact, known: Known, today: date) -> Values | None:
    hold = known.holds.get(cause.thing_id)
    if hold is None or hold.status != READY or hold.pickup_by is None or hold.pickup_by < today:
        return None
    return {"title": cause.facts["title"], "pickup_by": date_format(hold.pickup_by)}


def _fine(cause: Cause, person: Contact, known: Known, today: date) -> Values | None:
    fine = known.fines.get(cause.thing_id)
    if fine is None or not fine.owed:
        return None
    facts, why = cause.facts, f"why_{person.language}"
    return {"title": facts["title"], "amount": money(fine.owed), "owed": fine.owed, "why": facts[why]}


def _suspension(cause: Cause, person: Contact, known: Known, today: date) -> Values | None:
    newest = known.suspensions.get(cause.patron_id)
    if newest is None or newest.until is None or newest.until < today or newest.restriction != cause.thing_id:
        return None
    return {"until": date_format(newest.until)}


def _receipt(cause: Cause, person: Contact, known: Known, today: date) -> Values | None:
    facts = cause.facts
    if facts["done"] == "paid":
        return {"title": facts["title"], "done": _("Paid %(amount)s") % {"amount": money(facts["amount"])}}
    due_on = date_format(date.fromisoformat(facts["due_on"])) if facts.get("due_on") else ""
    done = {
        "borrowed": _("Borrowed until %(due_on)s"),
        "renewed": _("Renewed until %(due_on)s"),
        "returned": pgettext("on a receipt", "Returned"),
    }
    return {"title": facts["title"], "done": done[facts["done"]] % {"due_on": due_on}}


def _titled(cause: Cause, person: Contact, known: Known, today: date) -> Values | None:
    return {"title": cause.facts["title"]}


def _expiring(cause: Cause, person: Contact, known: Known, today: date) -> Values | None:
    is_card = cause.facts["what"] == "card"
    day = person.expires_on if is_card else person.consent_ends
    if day is None or day != cause.day:
        return None
    return {"what": _("Your library card") if is_card else _("Your guardian’s consent"), "day": date_format(day)}


LINES: Mapping[Kind, Callable[[Cause, Contact, Known, date], Values | None]] = {
    Kind.HOLD_READY: _hold,
    Kind.HOLD_EXPIRED: _titled,
    Kind.HOLD_CANCELLED: _titled,
    Kind.LOAN_CANCELLED: _titled,
    Kind.OVERDUE: _loan,
    Kind.DUE_SOON: _loan,
    Kind.FINE: _fine,
    Kind.SUSPENSION: _suspension,
    Kind.RECEIPT: _receipt,
    Kind.EXPIRING: _expiring,
}
