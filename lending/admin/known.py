"""What lending knows of other contexts' things, for operators."""

from functools import partial
from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.staff.admins import ReadModelAdmin
from kernel.staff.columns import OfPeople, money_column, patron_column, worded_column
from kernel.staff.forms import ReasonForm
from lending.admin.history import history_page
from lending.deferral.desk import admit
from lending.erasing.services import erase_patron
from lending.history.queries import history_of_patron
from lending.models import Book, Credit, Debt, Patron
from lending.queries import holders_of

ERASE = _("Erase the person")
MEANS = _(
    "This can't be taken back. Name, card, contacts and password go; loans and fines stay, as nobody's. The card "
    "number is never given again, and an import does not bring the person back. Name nobody in the reason: it is kept."
)
OWED, CREDIT = money_column("owed", _("owed")), money_column("credit", _("credit"))
WITHDRAWN = worded_column("withdrawn", _("withdrawn"), yes=_("withdrawn"))


@admin.register(Book)
class KnownBookAdmin(ReadModelAdmin):
    """What lending knows of books."""

    list_display = ("number", "title", "revision", WITHDRAWN)
    sortable_by = ("number",)
    search_fields = ("id__typed",)
    list_filter = ("withdrawn",)

    @admin.display(description=_("number of the book"), ordering="pk")
    def number(self, book: Book) -> str:
        """The catalogue's."""
        return str(book.pk)


@admin.register(Patron)
class KnownPatronAdmin(ReadModelAdmin):
    """The accounts at the lending desk."""

    has_history = True
    list_display = ("user", "erased_at")
    list_select_related = ()
    search_fields = ("pk",)
    search_help_text = _("A card number")
    exclude = ("restriction",)
    actions = ("erase",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Patron]:
        """Accounts with their patrons."""
        return super().get_queryset(request).prefetch_related("user")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Patron], term: str) -> Any:
        """By card number."""
        return (queryset.filter(pk__in=holders_of(term.strip())) if term.strip() else queryset), False

    def has_erase_permission(self, request: HttpRequest) -> bool:
        """Whether the person may erase patrons."""
        return request.user.has_perm("lending.erase_patron")

    def fits(self, action: str, thing: Patron) -> bool:
        """Nobody is erased twice."""
        return thing.erased_at is None

    @admin.action(description=ERASE, permissions=["erase"])
    def erase(self, request: HttpRequest, queryset: QuerySet[Patron]) -> HttpResponse | None:
        """Erases patrons, after a page that says what that means and asks why."""
        form = ReasonForm(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            return self.confirmation(request, queryset, action="erase", title=ERASE, sentence=MEANS, form=form)
        erasing = partial(erase_patron, reason=form.cleaned_data["reason"], now=timezone.now())
        self.for_each(request, queryset, lambda account: admit(partial(erasing, account.pk)), _("Erased: %(count)s."))
        return None

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What the patron borrowed and brought back."""
        if not self.has_view_permission(request):
            return super().history_view(request, object_id, extra_context)
        person = get_object_or_404(get_user_model(), pk=object_id)
        own = reverse("admin:accounts_user_change", args=[person.pk])
        return history_page(self, request, person, history_of_patron(person.pk), own)


@admin.register(Debt)
class KnownDebtAdmin(OfPeople, ReadModelAdmin):
    """What lending knows of debts."""

    list_display = ("fine", patron_column, OWED, "version")
    fields: ClassVar[Any] = ("fine", patron_column, "loan_id", OWED, "version")
    readonly_fields: ClassVar[Any] = fields
    sortable_by = ("fine",)
    search_fields = ("patron_id__typed",)


@admin.register(Credit)
class KnownCreditAdmin(OfPeople, ReadModelAdmin):
    """What lending knows of credit."""

    list_display = (patron_column, CREDIT, "version")
    fields: ClassVar[Any] = list_display
    readonly_fields: ClassVar[Any] = list_display
    search_fields = ("patron_id__typed",)
