"""The page of one patron: what the desk is asked about, each context's part with the way to its own pages."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.queries import HAD_CARDS, cards_of, people
from accounts.rules import lacks_consent
from desk.money.confirming import account_of
from fines.queries import balance_of
from kernel.money import money
from kernel.staff.site import staff_page
from lending.blocks.queries import blocks_in_force
from lending.checkout.preview import patron_today
from lending.families.queries import family_of
from lending.holds.queries import on_day, open_holds_of
from lending.policies.borrowers import borrower_of
from lending.policies.families import FamilyShare
from lending.queries import open_loans_of


class Member(NamedTuple):
    """Somebody of the patron's family, with the copies that are out."""

    person: User
    out: int


class Link(NamedTuple):
    """A figure of the patron, and the page that has what is behind it."""

    name: str
    label: str
    number: str
    address: str
    urgent: bool = False


@staff_page("accounts.view_user")
def patron_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Who it is, what is out and owed, and what keeps the patron from borrowing; each where the person may see it."""
    now, user = timezone.now(), request.user
    today, sees_loans = timezone.localdate(now), user.has_perm("lending.view_loan")
    family_name, family = family_of(pk) if sees_loans else ("", frozenset())
    known = people().annotate(had_cards=HAD_CARDS).select_related("category").in_bulk({pk, *family})
    if not (patron := known.get(pk)):
        raise Http404
    loans = list(open_loans_of(pk)) if sees_loans else []
    borrowers = {key: borrower_of(person) for key, person in known.items()}
    may_borrow = patron_today(pk, now=now, known=borrowers) if sees_loans else None
    has_holds = user.has_perm("lending.view_hold") and (may_borrow is None or may_borrow.has_holds)
    is_barred = user.has_perm("lending.view_block") and (may_borrow is None or may_borrow.is_barred)
    context = {
        "title": f"{patron.name} · {patron.card_number}",
        "patron": patron,
        "today": today,
        "loans": loans,
        "sees_loans": sees_loans,
        **(_family(family_name, may_borrow.family, known) if may_borrow and may_borrow.family else {}),
        "figures": [*(_of_loans(patron, loans, now) if sees_loans else ()), *_of_money(patron, user)],
        "reasons": may_borrow.reasons if may_borrow else [],
        "blocks": blocks_in_force(pk, today) if is_barred else [],
        "holds": on_day(open_holds_of(patron.pk), today) if has_holds else [],
        "cards": [card for card in cards_of(pk) if card.ended_at] if patron.had_cards else [],
        "consent_ended": lacks_consent(patron.born_on, patron.guardian, patron.consent_until, today),
    }
    return TemplateResponse(request, "desk/patron.html", {**admin.site.each_context(request), **context})


def _family(name: str, shared: FamilyShare, known: Mapping[int, User]) -> dict[str, Any]:
    """The family with its members, the patron among them."""
    return {
        "shared": shared,
        "family_name": name,
        "members": [Member(known[pk], shared.copies_out.get(pk, 0)) for pk in sorted(shared.members & known.keys())],
        "out": sum(shared.copies_out.values()),
    }


def _of_loans(patron: User, loans: list[Any], now: datetime) -> Iterator[Link]:
    today = timezone.localdate(now)
    out = [(loan, sum(not line.ending for line in loan.all_lines)) for loan in loans if loan.status == "active"]
    copies, late = sum(some for _loan, some in out), sum(some for loan, some in out if loan.due_on < today)
    label = ngettext("copy on loan", "copies on loan", copies)
    yield Link("out", label, str(copies), _loans_of(patron, status="active"))
    label = ngettext("copy overdue", "copies overdue", late)
    yield Link("overdue", label, str(late), _loans_of(patron, overdue="yes"), urgent=late > 0)
    yield Link("history", _("earlier loans"), "→", _loans_of(patron, status="returned"))


def _of_money(patron: User, user: Any) -> Iterator[Link]:
    if user.has_perm("fines.view_account"):
        balance = balance_of(patron.pk)
        label = _("credit") if balance < 0 else _("fines outstanding")
        yield Link("owed", label, money(abs(balance)), account_of(patron.pk), urgent=balance > 0)


def _loans_of(patron: User, *, status: str = "", overdue: str = "") -> str:
    asked = {"q": patron.card_number, "status__exact": status, "overdue": overdue}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{reverse('admin:lending_loan_changelist')}?{query}"
