"""The desk: lending and taking back by card and barcode."""

from datetime import date, datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from desk.forms import Lending, TakingBack
from desk.lookup import copy_to_lend, copy_to_take_back, holder_of
from fines.queries import fee_for, owed_by
from kernel.days.late_days import CHARGING
from kernel.money import money
from kernel.staff.refusals import refusals_shown
from kernel.staff.site import staff_page
from lending.checkout.services import borrow_book
from lending.deferral.desk import admit
from lending.deferral.desk import take_back as take_back_copy
from lending.holds.pulling import pull_copy
from lending.models import Copy, Hold, Return
from lending.queries import open_loans_of
from lending.returns.drop_box import shelve_copy
from lending.returns.services import loan_of_copy


@staff_page("lending.add_loan")
def lend(request: HttpRequest) -> HttpResponse:
    """Lends the copy of a barcode to a card. The card stays for the next copy; without a barcode it is looked up."""
    form = Lending(request.POST or request.GET or None)
    patron = None
    if form.is_valid():
        with refusals_shown(request):
            patron = holder_of(form.cleaned_data["card_number"])
    day = form.backdate() if form.is_valid() else None
    if request.method == "POST" and form.is_valid():
        if patron and form.cleaned_data["barcode"]:
            with refusals_shown(request):
                _lend(request, patron, form.cleaned_data["barcode"], timezone.now(), day)
        return _again("desk_lend", card_number=patron.card_number if patron else "", borrowed_on=str(day or ""))
    form.focus("barcode" if patron else "card_number")
    form.show_card(patron.card_number if patron else "")
    context = {"form": form, "patron": patron, "account": _account(patron), "backdate": day, "unsent": _unsent(request)}
    return _page(request, "lend", _("Lend"), context)


@staff_page("lending.change_loan")
def take_back(request: HttpRequest) -> HttpResponse:
    """Takes back the copy of a barcode and says who had it and whether it is late."""
    day = request.GET.get("returned_on", "")
    form = TakingBack(request.POST or None, initial={"barcode": _unsent(request), "returned_on": day})
    if form.is_valid():
        returned_on = form.cleaned_data["returned_on"]
        with refusals_shown(request):
            _take_back(request, form.cleaned_data["barcode"], timezone.now(), returned_on)
        return _again("desk_return", returned_on=str(returned_on or ""))
    return _page(request, "return", _("Take back"), {"form": form, "unsent": _unsent(request)})


def _lend(request: HttpRequest, patron: User, barcode: str, now: datetime, day: date | None) -> None:
    copy = copy_to_lend(barcode)
    lending = partial(borrow_book, patron_id=patron.pk, book_id=copy.book_id, barcode=copy.barcode, now=now)
    loan = admit(partial(lending, borrowed_on=day))
    sentence = _("%(barcode)s “%(title)s” is lent to %(name)s until %(due_on)s.")
    due_on = date_format(loan.due_on or "")
    facts = {"barcode": copy.barcode, "title": loan.title, "name": patron.name, "due_on": due_on}
    messages.success(request, sentence % facts)


def _take_back(request: HttpRequest, barcode: str, now: datetime, returned_on: date | None) -> None:
    copy = copy_to_take_back(barcode)
    if copy.place == copy.Place.DROP_BOX:
        shelved = admit(partial(shelve_copy, copy.pk, now=now))
        if shelved.holds:
            _tell_for_whom(request, copy, shelved.holds[0])
            return
        sentence = _("%(barcode)s “%(title)s” was in the drop box and belongs on the shelf.")
        messages.success(request, sentence % {"barcode": copy.barcode, "title": copy.book.title})
        return
    if copy.place == copy.Place.TO_PULL:
        _tell_for_whom(request, copy, admit(partial(pull_copy, copy.pk, now=now)))
        return
    brought = take_back_copy(loan_of_copy(copy.barcode), barcode=copy.barcode, now=now, returned_on=returned_on)
    if brought is None:
        sentence = _("%(barcode)s “%(title)s”: the return is accepted and done soon.")
        messages.success(request, sentence % {"barcode": copy.barcode, "title": copy.book.title})
        return
    loan = brought.loan
    sentence = _("%(barcode)s “%(title)s” is back from %(name)s (%(card_number)s).")
    holder = {"name": loan.patron.name, "card_number": loan.patron.card_number}
    messages.success(request, sentence % {"barcode": copy.barcode, "title": loan.title, **holder})
    for hold in brought.holds:
        _tell_for_whom(request, copy, hold)
    if brought.days_late:
        messages.warning(request, _late(brought, copy))
    if until := brought.suspended_until:
        sentence = _("%(name)s is suspended until %(until)s, the last day.")
        messages.warning(request, sentence % {"name": loan.patron.name, "until": date_format(until)})


def _tell_for_whom(request: HttpRequest, copy: Copy, hold: Hold | None) -> None:
    """For whom a copy stands on the hold shelf, or that it belongs on its own."""
    sentence = _("%(barcode)s “%(title)s”: nobody waits for it any more, it belongs on its shelf.")
    facts = {"barcode": copy.barcode, "title": copy.book.title}
    if hold:
        sentence = _("%(barcode)s “%(title)s” stands on the hold shelf for %(name)s (%(card_number)s) until %(day)s.")
        holder = {"name": hold.patron.name, "card_number": hold.patron.card_number}
        facts |= {**holder, "day": date_format(hold.pickup_by or "")}
    messages.success(request, sentence % facts)


def _late(brought: Return, copy: Copy) -> str:
    """What being late costs; the fines context charges it when it hears of the return."""
    sentence = _("%(days)s days late: a fine of %(fee)s is charged by the schedule.")
    fee = _fee(brought, copy)
    if not fee:
        sentence = _("%(days)s days late: nothing is charged for that.")
    return sentence % {"days": brought.days_late, "fee": money(fee)}


def _fee(brought: Return, copy: Copy) -> int:
    if brought.late_as not in CHARGING:
        return 0
    category = brought.loan.patron.category_id or ""
    return fee_for(category, copy.type, brought.returned_on, days=brought.days_counted, prices=[copy.price])


def _account(patron: User | None) -> dict[str, Any]:
    """What the desk must know of a patron: what is out and what is owed."""
    if patron is None:
        return {}
    owed = owed_by(patron.pk)
    loans = open_loans_of(patron.pk)
    return {"loans": loans, "owed": owed, "owed_in_words": money(owed), "today": timezone.localdate()}


def _unsent(request: HttpRequest) -> str:
    """The barcode of a scan that was not done, since the session had ended."""
    return request.GET.get("barcode", "") if "unsent" in request.GET else ""


def _again(name: str, **query: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse(f'admin:{name}')}?{urlencode({k: v for k, v in query.items() if v})}")


def _page(request: HttpRequest, name: str, title: str, context: dict[str, Any]) -> TemplateResponse:
    return TemplateResponse(
        request, f"desk/{name}.html", {**admin.site.each_context(request), "title": title, **context}
    )
