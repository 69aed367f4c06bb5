"""The till of each cashier and day on the staff side: what went through it, the count that closes it, past ones."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from fines.forms import Counting
from fines.models import Count, Entry, Till
from fines.services import close_till, reopen_till
from fines.till.queries import lines_of, tills
from fines.till.sheet import COLUMNS, movements_of
from kernel.money import money
from kernel.spreadsheets.files import list_file
from kernel.staff.admins import ReadOnlyAdmin
from kernel.staff.columns import money_column
from kernel.staff.forms import ReasonForm
from kernel.staff.inlines import ReadOnlyInline

CASH = money_column("cash", gettext_lazy("cash by the movements"))
COUNTED = money_column("counted", gettext_lazy("counted"))
DIFFERENCE = money_column("difference", gettext_lazy("difference"))


class Counts(ReadOnlyInline):
    """Who counted and closed it, and who reopened it."""

    model = Count
    verbose_name_plural = gettext_lazy("counts")
    fields: ClassVar[Any] = (
        "at",
        "by",
        "sum_expected",
        "sum_counted",
        "note",
        "reopened_at",
        "reopened_by",
        "reopened_for",
    )
    readonly_fields: ClassVar[Any] = ("sum_expected", "sum_counted")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Count]:
        """With who did it, the newest first."""
        return super().get_queryset(request).prefetch_related("by", "reopened_by").order_by("-pk")

    @admin.display(description=gettext_lazy("cash by the movements"))
    def sum_expected(self, count: Count) -> str:
        """The cash that was expected."""
        return money(count.expected)

    @admin.display(description=gettext_lazy("counted"))
    def sum_counted(self, count: Count) -> str:
        """What was counted."""
        return money(count.counted)


class MovementsOfTill(ReadOnlyInline):
    """What went through it."""

    model = Entry
    fields: ClassVar[Any] = ("number", "at", "kind", "amount_in", "method", "patron", "reason")
    readonly_fields: ClassVar[Any] = ("number", "amount_in")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        """With the patrons' names, the newest first."""
        return super().get_queryset(request).prefetch_related("patron").order_by("-pk")

    @admin.display(description=gettext_lazy("no."))
    def number(self, entry: Entry) -> int:
        """By which a payment is known."""
        return entry.pk

    @admin.display(description=gettext_lazy("amount"))
    def amount_in(self, entry: Entry) -> str:
        """What it brought into the till, below zero where money went out, as in its sums and files."""
        return money(-entry.amount)


class Closed(admin.SimpleListFilter):
    """A filter by whether a till was counted and closed."""

    title = pgettext_lazy("till", "closed")
    parameter_name = "closed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The two."""
        return [("yes", pgettext_lazy("till", "closed")), ("no", pgettext_lazy("till", "open"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The one or the other."""
        return queryset.filter(counted__isnull=self.value() == "no") if self.value() else queryset


@admin.register(Till)
class TillAdmin(ReadOnlyAdmin):
    """Tills; they are counted, reopened and written to a file by actions."""

    list_display = ("day", "cashier", CASH, COUNTED, DIFFERENCE, "state")
    list_select_related = ()
    list_filter = (Closed, "day")
    ordering: ClassVar[Any] = ("-day", "pk")
    fields: ClassVar[Any] = ("day", "cashier", "state", "sums", CASH, COUNTED, DIFFERENCE)
    readonly_fields: ClassVar[Any] = ("state", "sums", CASH, COUNTED, DIFFERENCE)
    actions = ("close", "reopen", "as_workbook", "as_file")
    inlines = (Counts, MovementsOfTill)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Tills with their cashiers and figures."""
        return tills().prefetch_related("cashier")

    def has_close_permission(self, request: HttpRequest) -> bool:
        """Whether the person may count and close tills."""
        return request.user.has_perm("fines.close_till")

    def has_reopen_permission(self, request: HttpRequest) -> bool:
        """Whether the person may reopen tills."""
        return request.user.has_perm("fines.reopen_till")

    def fits(self, action: str, thing: Any) -> bool:
        """An open till can be closed, a closed one reopened."""
        return bool(action in {"as_workbook", "as_file"} or (thing.counted is None) == (action == "close"))

    @admin.action(description=gettext_lazy("Count and close"), permissions=["close"])
    def close(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Closes one till by what was counted."""
        if len(chosen := list(queryset)) != 1:
            self.message_user(request, _("Choose one till: each is counted by itself."), messages.WARNING)
            return None
        form = Counting(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            sentence = _("By its movements %(cash)s should be in it. Once closed it takes nothing more of that day.")
            said, title = sentence % {"cash": money(chosen[0].cash)}, _("Count and close")
            return self.confirmation(request, queryset, action="close", title=title, sentence=said, form=form)
        counted, by, now = form.cleaned_data, int(request.user.pk or 0), timezone.now()
        self.for_each(
            request, queryset, lambda till: close_till(till.pk, **counted, by_id=by, now=now), _("Closed: %(count)s.")
        )
        return None

    @admin.action(description=gettext_lazy("Reopen"), permissions=["reopen"])
    def reopen(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Reopens tills that were closed, for a reason."""
        form = ReasonForm(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            sentence = _("The count stays on record and no longer stands. The till has to be counted again.")
            return self.confirmation(
                request, queryset, action="reopen", title=_("Reopen"), sentence=sentence, form=form
            )
        reason, by, now = form.cleaned_data["reason"], int(request.user.pk or 0), timezone.now()
        self.for_each(
            request,
            queryset,
            lambda till: reopen_till(till.pk, reason=reason, by_id=by, now=now),
            _("Reopened: %(count)s."),
        )
        return None

    @admin.action(description=gettext_lazy("As a file (CSV)"), permissions=["view"])
    def as_file(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        """The movements of tills as a table."""
        return list_file("csv", "till", COLUMNS, movements_of(queryset))

    @admin.action(description=gettext_lazy("As a file (XLSX)"), permissions=["view"])
    def as_workbook(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse:
        """The same as a workbook."""
        return list_file("xlsx", "till", COLUMNS, movements_of(queryset))

    @admin.display(description=gettext_lazy("status"))
    def state(self, till: Any) -> str:
        """Open or closed."""
        return str(pgettext_lazy("till", "open") if till.counted is None else pgettext_lazy("till", "closed"))

    @admin.display(description=gettext_lazy("by method"))
    def sums(self, till: Any) -> str:
        """What went through it by method: what came in, was reversed and was paid out."""
        rows = (
            (Entry.Method(line["method"]).label, Entry.Kind(line["kind"]).label, line["number"], money(line["amount"]))
            for line in lines_of(till.pk)
        )
        table = format_html_join("", "<tr><th>{}</th><td>{}</td><td>{}</td><td>{}</td></tr>", rows)
        return format_html("<table>{}</table>", table) if table else "–"
