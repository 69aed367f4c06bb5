"""Loans on the staff side: to look at and to act on."""

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from kernel.labels.reading import BARCODE, searched
from kernel.staff.admins import ReadModelAdmin, ReadOnlyAdmin
from kernel.staff.inlines import ReadOnlyInline
from lending.checkout.explanation import explanation_of
from lending.deferral.decisions import cancel_loan
from lending.deferral.desk import admit, take_back
from lending.models import DeferredReturn, FailedAttempt, Loan, LoanLine, Return
from lending.queries import loans_found_by, loans_overdue
from lending.renewals.services import renew_loan


class Overdue(admin.SimpleListFilter):
    """Loans with copies out after their due date."""

    title = _("overdue")
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The one choice."""
        return [("yes", _("overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Loan]) -> QuerySet[Loan]:
        """The overdue ones, if they are asked for."""
        return queryset.filter(pk__in=loans_overdue(timezone.localdate())) if self.value() == "yes" else queryset


class CopiesOfLoan(ReadOnlyInline):
    """The copies of a loan and what became of them."""

    model = LoanLine
    fields = ("copy", "ending", "ended_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LoanLine]:
        """With their barcodes."""
        return super().get_queryset(request).select_related("copy")


class ReturnsOfLoan(ReadOnlyInline):
    """When copies came back, and how late."""

    model = Return
    fields = ("quantity", "returned_at", "days_late")


@admin.register(Loan)
class LoanAdmin(ReadOnlyAdmin):
    """Loans. They are made at the desk or by the patron; here they are renewed, cancelled and taken back."""

    list_display = ("id", "title", "patron", "due_on", "is_overdue", "outstanding", "quantity", "status")
    list_display_links = ("id", "title")
    list_select_related = ()
    list_filter = ("status", Overdue)
    search_fields = ("id",)
    search_help_text = _("A card number, a barcode or the number of a loan")
    fields = (
        "patron", "title", "quantity", "status", "requested_at", "borrowed_at", "due_on", "returned_at", "renewals",
        "cancel_reason", "why",
    )  # fmt: skip
    readonly_fields = ("why",)
    actions = ("take_back", "renew", "cancel")
    inlines = (CopiesOfLoan, ReturnsOfLoan)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Loan]:
        """Loans with their patrons and the number of their copies that are out."""
        open_lines = LoanLine.objects.filter(loan=OuterRef("pk"), ending="").order_by().values("loan")
        loans = super().get_queryset(request).prefetch_related("patron")
        return loans.annotate(out=Subquery(open_lines.annotate(n=Count("pk")).values("n")))

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Loan], term: str) -> Any:
        """By card, barcode or number, each through its index."""
        return (queryset.filter(loans_found_by(term.strip())) if term.strip() else queryset), False

    @admin.display(description=_("why it is due then"))
    def why(self, loan: Loan) -> str:
        """The policy that decided, and the closed days that counted."""
        found = explanation_of(loan, timezone.localdate())
        closed = [f"{date_format(day)}: {reason}" for day, reason in found.closed_days]
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", zip([*found.sentences, *closed])))

    def has_desk_permission(self, request: HttpRequest) -> bool:
        """Whether the person may act on loans."""
        return request.user.has_perm("lending.change_loan")

    def fits(self, action: str, thing: Loan) -> bool:
        """What is requested can be cancelled, what is out can come back or be kept longer."""
        return thing.status == (Loan.Status.REQUESTED if action == "cancel" else Loan.Status.ACTIVE)

    @admin.action(description=_("Take back"), permissions=["desk"])
    def take_back(self, request: HttpRequest, queryset: QuerySet[Loan]) -> HttpResponse | None:
        """Takes back every copy that is out, after a page that asks."""
        if "confirmed" not in request.POST:
            sentence = _("All copies of these loans that are out are taken back now. Late ones are charged.")
            return self.confirmation(request, queryset, action="take_back", title=_("Take back"), sentence=sentence)
        now = timezone.now()
        self.for_each(request, queryset, lambda loan: self._take_back(request, loan, now), _("Taken back: %(count)s."))
        return None

    def _take_back(self, request: HttpRequest, loan: Loan, now: datetime) -> None:
        if not take_back(loan.pk, now=now):
            self.message_user(request, _("%(what)s: the return is accepted and done soon.") % {"what": loan})

    @admin.action(description=_("Renew"), permissions=["desk"])
    def renew(self, request: HttpRequest, queryset: QuerySet[Loan]) -> None:
        """Moves the due dates one loan period on."""
        now = timezone.now()
        self.for_each(
            request, queryset, lambda loan: admit(partial(renew_loan, loan.pk, now=now)), _("Renewed: %(count)s.")
        )

    @admin.action(description=_("Cancel request"), permissions=["desk"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Loan]) -> None:
        """Calls off loans that are still requested."""
        now = timezone.now()
        self.for_each(
            request,
            queryset,
            lambda loan: admit(partial(cancel_loan, loan.pk, now=now)),
            _("Cancelled: %(count)s."),
        )

    @admin.display(description=_("copies out"))
    def outstanding(self, loan: Any) -> int:
        """How many of its copies are out."""
        return loan.out or 0

    @admin.display(description=_("overdue"), empty_value="")
    def is_overdue(self, loan: Loan) -> str:
        """Says so of overdue loans, and nothing of the others."""
        late = loan.status == Loan.Status.ACTIVE and loan.due_on is not None and loan.due_on < timezone.localdate()
        return str(_("overdue")) if late else ""


@admin.register(LoanLine)
class LoanLineAdmin(ReadModelAdmin):
    """The copies of all loans."""

    list_display = ("id", "loan", "copy", "ending", "ended_at")
    list_select_related = ("loan", "copy")
    list_filter = ("ending",)
    search_fields = ("copy__barcode__anycase",)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[LoanLine], search_term: str) -> Any:
        """By a barcode, as it was typed or scanned."""
        return super().get_search_results(request, queryset, searched(search_term, BARCODE))


@admin.register(Return)
class ReturnAdmin(ReadOnlyAdmin):
    """What came back, and how late."""

    list_display = ("id", "loan", "quantity", "returned_at", "days_late")
    list_select_related = ("loan",)
    search_fields = ("loan__id__exact",)
    search_help_text = _("The number of a loan")


@admin.register(FailedAttempt)
class FailedAttemptAdmin(ReadOnlyAdmin):
    """Requested loans and deferred returns that could not be done yet, with the error; they are tried again."""

    list_display = ("id", "loan", "deferred_return", "attempts", "failed_at", "not_before")
    list_select_related = ("loan", "deferred_return")
    fields = ("loan", "deferred_return", "attempts", "failed_at", "not_before", "error")


@admin.register(DeferredReturn)
class DeferredReturnAdmin(ReadOnlyAdmin):
    """Returns accepted under overload, and what became of them."""

    list_display = ("id", "loan", "quantity", "barcode", "asked_at", "done_at", "refusal")
    list_select_related = ("loan",)
    search_fields = ("loan__id__exact",)
    search_help_text = _("The number of a loan")
