"""What a patron is given on paper for a payment."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from accounts.queries import people
from desk.money.confirming import account_of
from fines.models import Entry
from fines.queries import balance_of
from kernel.money import money
from kernel.staff.site import staff_page


@staff_page("fines.view_account")
def receipt(request: HttpRequest, pk: int, thing: int) -> HttpResponse:
    """A payment with what it settles, and what is owed now, for a receipt printer or A4; one that was reversed is
    marked void."""
    patron = get_object_or_404(people(), pk=pk)
    payments = Entry.objects.filter(kind=Entry.Kind.PAYMENT, patron=pk).select_related("reversal")
    payment = get_object_or_404(payments, pk=thing)
    settled = payment.settlements.exclude(fine=None).select_related("fine").order_by("fine_id")
    balance = balance_of(pk)
    context = {
        "title": _("Receipt"),
        "patron": patron,
        "payment": payment,
        "is_void": hasattr(payment, "reversal"),
        "amount": money(-payment.amount),
        "covered": [(one.fine.title or one.fine.get_kind_display(), money(one.amount)) for one in settled if one.fine],
        "owed": money(balance) if balance > 0 else "",
        "credit": money(-balance) if balance < 0 else "",
        "account": account_of(pk),
    }
    return TemplateResponse(request, "desk/money/receipt.html", {**admin.site.each_context(request), **context})
