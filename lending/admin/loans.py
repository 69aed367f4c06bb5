"""Loans on the staff side: to look at and to act on."""

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import admin
from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from kernel.staff.admins import ReadOnlyAdmin
from kernel.staff.inlines import ReadOnlyInline
from lending.admin.filters.counted import Made, OfCategory, OfClass, OfType
from lending.admin.undo import ask_and_undo
from lending.checkout.explanation import explanation_of
from lending.deferral.decisions import cancel_loan
from lending.deferral.desk import admit, take_back
from lending.models import DueDateAct, Loan, LoanLine, Return
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
    """When copies came back, how late, and which returns were undone."""

    model = Return
    fields = ("quantity", "returned_at", "returned_on", "days_late", "days_counted", "suspension_days", "voided_at")


class DueDatesOfLoan(ReadOnlyInline):
    """What was done to its due date by hand."""

    model = DueDateAct
    fields = ("kind", "due_before", "due_after", "made_at", "voided_at")


@admin.register(Loan)
class LoanAdmin(ReadOnlyAdmin):
    """Loans. They are made at the desk or by the patron; here they are renewed, cancelled and taken back."""

    list_display = ("number", "title", "patron", "due_on", "is_overdue", "outstatus_shown", "quantity", "status_shown")
    list_display_links = ("number", "title")
    list_select_related = ()
    list_filter = ("status", Overdue, Made, OfClass, OfCategory, OfType)
    search_fields = ("id",)
    search_help_text = _("A card number, a barcode or the number of a loan")
    fields = (
        "number", "patron", "title", "quantity", "status_shown", "requested_at", "borrowed_at", "due_on", "returned_at",
        "renewals", "cancel_reason", "why",
    )  # fmt: skip
    readonly_fields = ("number", "status_shown", "why")
    actions = ("take_back", "renew", "cancel", "undo_return", "undo_renewal", "undo_loan")
    inlines = (CopiesOfLoan, ReturnsOfLoan, DueDatesOfLoan)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Loan]:
        """Loans with their patrons and the number of their copies that are out."""
        open_lines = LoanLine.objects.filter(loan=OuterRef("pk"), ending="").order_by().values("loan")
        loans = super().get_queryset(request).prefetch_related("patron")
        back = Exists(LoanLine.objects.filter(loan=OuterRef("pk"), ending=LoanLine.Ending.RETURNED))
        return loans.annotate(out=Subquery(open_lines.annotate(n=Count("pk")).values("n")), came_back=back)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Loan], term: str) -> Any:
        """By card, barcode or number, each through its index."""
        return (queryset.filter(loans_found_by(term.strip())) if term.strip() else queryset), False

    def get_sortable_by(self, request: HttpRequest) -> tuple[str, ...]:
        """By number; what is out, or was found, by due date too: those are few enough to be sorted."""
        few = request.GET.get("status__exact") == "active" or {"overdue", "q"} & request.GET.keys()
        return ("number", "due_on") if few else ("number",)

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
        """What is requested can be cancelled, what is out can come back or be kept longer; what was done, undone."""
        if action == "undo_return":
            return thing.returns.filter(voided_at=None).exists()
        if action == "undo_renewal" and not thing.renewals:
            return False
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

    @admin.action(description=_("Undo return"), permissions=["desk"])
    def undo_return(self, request: HttpRequest, queryset: QuerySet[Loan]) -> HttpResponse | None:
        """Undoes the last return of each loan, after a page that asks why."""
        sentence = _("The copies of the last return are on loan again; its fine and suspension are gone.")
        return ask_and_undo(self, request, queryset, action="undo_return", title=_("Undo return"), sentence=sentence)

    @admin.action(description=_("Undo renewal"), permissions=["desk"])
    def undo_renewal(self, request: HttpRequest, queryset: QuerySet[Loan]) -> HttpResponse | None:
        """Undoes the last renewal of each loan, after a page that asks why."""
        sentence = _("The loans are due when they were before their last renewal.")
        return ask_and_undo(self, request, queryset, action="undo_renewal", title=_("Undo renewal"), sentence=sentence)

    @admin.action(description=_("Undo loan"), permissions=["desk"])
    def undo_loan(self, request: HttpRequest, queryset: QuerySet[Loan]) -> HttpResponse | None:
        """Undoes loans, after a page that asks why."""
        sentence = _("The loans are as if they had not been made, and their copies on the shelf.")
        return ask_and_undo(self, request, queryset, action="undo_loan", title=_("Undo loan"), sentence=sentence)

    @admin.display(description=_("copies out"))
    def outstatus_shown(self, loan: Any) -> int:
        """How many of its copies are out."""
        return loan.out or 0

    @admin.display(description=_("status"), ordering="status")
    def status_shown(self, loan: Any) -> str:
        """The status; what ended and never came back was lost."""
        is_lost = loan.status == Loan.Status.RETURNED and not loan.came_back
        return str(_("lost")) if is_lost else loan.get_status_display()

    @admin.display(description=_("overdue"), empty_value="")
    def is_overdue(self, loan: Loan) -> str:
        """Says so of overdue loans, and nothing of the others."""
        late = loan.status == Loan.Status.ACTIVE and loan.due_on is not None and loan.due_on < timezone.localdate()
        return str(_("overdue")) if late else ""
