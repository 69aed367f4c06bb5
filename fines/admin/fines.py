"""Fines on the staff side: payments and waivers."""

from functools import partial
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from fines.columns import CHARGED, MOVED, OWED, PAID, ByStatus, owed_of
from fines.forms import Payments
from fines.models import Entry, Fine
from fines.queries import fines, patrons_found_by
from fines.services import pay_fine, refund_fine, waive_fine
from kernel.money import money
from kernel.staff.admins import ReadOnlyAdmin
from kernel.staff.forms import ReasonForm
from kernel.staff.inlines import ReadOnlyInline
from kernel.staff.refusals import refusals_shown
from kernel.storage.retries import with_retries


class Movements(ReadOnlyInline):
    """What was charged, paid and forgiven."""

    model = Entry
    fields: ClassVar[Any] = ("kind", MOVED, "method", "at", "by", "reason")
    readonly_fields = (MOVED,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        """With the librarians' names."""
        return super().get_queryset(request).prefetch_related("by")


@admin.register(Fine)
class FineAdmin(ReadOnlyAdmin):
    """Fines; they are paid and waived by actions."""

    list_display = ("title", "patron", "kind", OWED, "state", "days_late", CHARGED, "charged_at")
    sortable_by = ()
    list_select_related = ()
    list_filter = (ByStatus, "kind")
    search_fields = ("patron",)
    search_help_text = _("A card number, or the beginning of a name")
    readonly_fields: ClassVar[Any] = (CHARGED, PAID, OWED, "state", "explanation", "account")
    fields: ClassVar[Any] = (
        "title",
        "patron",
        "account",
        "kind",
        "loan_id",
        "days_late",
        *readonly_fields[:4],
        "charged_at",
        "explanation",
    )
    actions = ("take_payment", "waive", "refund")
    inlines = (Movements,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Fines with their patrons and their balance."""
        return fines().prefetch_related("patron")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], term: str) -> Any:
        """By the patron's card or name."""
        return (queryset.filter(patron__in=patrons_found_by(term.strip())) if term.strip() else queryset), False

    def has_take_payment_permission(self, request: HttpRequest) -> bool:
        """Whether the person may take payments."""
        return request.user.has_perm("fines.take_payment")

    def has_waive_permission(self, request: HttpRequest) -> bool:
        """Whether the person may waive fines."""
        return request.user.has_perm("fines.waive_fine")

    def has_refund_permission(self, request: HttpRequest) -> bool:
        """Whether the person may refund fines."""
        return request.user.has_perm("fines.refund_fine")

    def fits(self, action: str, thing: Any) -> bool:
        """Only what is owed can be paid or waived, only what was paid be refunded."""
        return bool(thing.paid > 0 if action == "refund" else thing.owed > 0)

    @admin.action(description=_("Take payment"), permissions=["take_payment"])
    def take_payment(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Takes payments of whole fines or of parts, on a page that proposes what is owed."""
        confirmed = "confirmed" in request.POST
        chosen = list(queryset if confirmed else queryset.filter(owed__gt=0))
        form = Payments(chosen, request.POST if confirmed else None)
        if not chosen:
            self.message_user(request, _("Nothing is owed of these fines."), messages.WARNING)
            return None
        if not (confirmed and form.is_valid()):
            sentence = _("A part may be paid too; the rest stays owed.")
            return self.confirmation(
                request, queryset, action="take_payment", title=_("Take payment"), sentence=sentence, form=form
            )
        for fine, amount in form.amounts():
            with refusals_shown(request, fine):
                by, method = _caller(request), form.cleaned_data["method"]
                taken = {"amount": amount, "owed_before": fine.owed, "method": method}
                with_retries(partial(pay_fine, fine.pk, **taken, by_id=by, now=timezone.now()))
                facts = {"amount": money(amount), "title": fine.title}
                self.message_user(request, _("%(amount)s taken for “%(title)s”.") % facts, messages.SUCCESS)
        return None

    @admin.action(description=_("Waive"), permissions=["waive"])
    def waive(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Forgives what is left of the fines, for a reason."""
        form = ReasonForm(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            sentence = _("What is still owed of these fines is forgiven. The reason is kept with each.")
            return self.confirmation(
                request, queryset, action="waive", title=_("Waive fines"), sentence=sentence, form=form, words=owed_of
            )
        reason, by, now = form.cleaned_data["reason"], _caller(request), timezone.now()
        self.for_each(
            request,
            queryset,
            lambda fine: waive_fine(fine.pk, reason=reason, by_id=by, now=now),
            _("Waived: %(count)s."),
        )
        return None

    @admin.action(description=_("Refund"), permissions=["refund"])
    def refund(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Takes back all that was paid of the fines, for a reason: it is credit."""
        form = ReasonForm(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            sentence = _("What was paid of these fines becomes credit of their patrons. The reason is kept with each.")
            title = _("Refund fines")
            return self.confirmation(request, queryset, action="refund", title=title, sentence=sentence, form=form)
        reason, by, now = form.cleaned_data["reason"], _caller(request), timezone.now()
        self.for_each(
            request,
            queryset.filter(paid__gt=0),
            lambda fine: refund_fine(fine.pk, amount=fine.paid, reason=reason, by_id=by, now=now),
            _("Refunded: %(count)s."),
        )
        return None

    @admin.display(description=_("status"))
    def state(self, fine: Any) -> str:
        """Outstanding, paid or waived."""
        return str(Fine.Status(fine.status).label)

    @admin.display(description=_("account"))
    def account(self, fine: Any) -> str:
        """The way to the patron's account; a settled fine may be nobody's any more."""
        if fine.patron_id is None:
            return "–"
        address = reverse(f"{self.admin_site.name}:desk_account", args=[fine.patron_id])
        return format_html('<a href="{}">{}</a>', address, _("What this patron owes and paid"))

    @admin.display(description=_("explanation"))
    def explanation(self, fine: Fine) -> str:
        """Which tier of which schedule it was charged by."""
        return fine.explanation_ko if get_language() == "ko" else fine.explanation_en


def _caller(request: HttpRequest) -> int:
    return int(request.user.pk or 0)
