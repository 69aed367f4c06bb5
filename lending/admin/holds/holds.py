"""Holds on the staff side: a list, the page of each with what may be done about it, and the queue of a book."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from kernel.labels.reading import BARCODE, searched
from kernel.staff.admins import ReadOnlyAdmin, Words
from kernel.staff.site import staff_page
from lending.admin.holds.forms import PickupDay, Placing, Suspending
from lending.admin.holds.queue import queue_page
from lending.deferral.desk import admit
from lending.holds.places import position_of
from lending.holds.queries import of_status
from lending.holds.services import cancel_hold, place_hold, resume_hold, set_pickup_day, suspend_hold
from lending.models import Hold
from lending.queries import holders_of

STATUSES = {
    "cancel": {"waiting", "suspended", "ready"},
    "suspend": {"waiting"},
    "resume": {"suspended"},
    "pickup_day": {"ready"},
}
"""In which statuses a hold's page offers what."""
FIELDS = (
    "number", "patron", "title", "volume", "queue", "status_today", "position", "placed_at", "suspended_to",
    "ready_since", "pickup_by", "copy", "loan", "ended_at", "cancel_reason",
)  # fmt: skip


class StatusToday(admin.ChoicesFieldListFilter):
    """Holds by their status today."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Hold]) -> Any:
        """Those of the chosen one."""
        chosen = [status for status in self.lookup_val or () if status in Hold.Status.values]
        return queryset.filter(of_status(chosen[0], timezone.localdate())) if chosen else queryset


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    """Holds. What is there is changed by what may be done about it, never by hand."""

    form = Placing
    list_display = ("number", "title", "volume", "patron", "status_today", "placed_at", "pickup_by")
    sortable_by = ("number",)
    list_display_links = ("number", "title")
    list_select_related = ()
    list_filter = (("status", StatusToday),)
    search_fields = ("id",)
    search_help_text = _("A card number, the barcode of a copy on the hold shelf, or the number of a hold")
    actions = ("cancel", "suspend", "resume", "pickup_day")

    def get_urls(self) -> list[Any]:
        """Beside the model's pages: the queue of a book."""
        queue = self.admin_site.admin_view(staff_page("lending.view_hold")(partial(queue_page, self)))
        return [path("queue/<int:book>/", queue, name=self._page("queue")), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Hold]:
        """With who waits."""
        return super().get_queryset(request).prefetch_related("patron")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Hold], term: str) -> Any:
        """By card, barcode or number."""
        text = term.strip()
        if not text:
            return queryset, False
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
        of_copy = Q(copy__barcode__anycase=searched(text, BARCODE), status=Hold.Status.READY)
        return queryset.filter(Q(patron__in=holders_of(text)) | of_copy | Q(pk=number)), False

    def get_fields(self, request: HttpRequest, obj: Hold | None = None) -> Any:
        """To type in, or to read."""
        return FIELDS if obj else Placing.field_order

    def get_readonly_fields(self, request: HttpRequest, obj: Hold | None = None) -> Any:
        """Everything, once it is placed."""
        return FIELDS if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The card and the book whose pages led here."""
        return {name: request.GET.get(name, "") for name in ("card_number", "book_number")}

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever may place holds for others."""
        return request.user.has_perm("lending.add_hold")

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Whoever may act on holds."""
        return request.user.has_perm("lending.change_hold")

    def has_move_permission(self, request: HttpRequest) -> bool:
        """Whoever may move holds and their last days."""
        return request.user.has_perm("lending.move_hold")

    def save_model(self, request: HttpRequest, obj: Hold, form: Any, change: bool) -> None:
        """Places the hold through the service."""
        wanted = {"patron_id": form.cleaned_data["card_number"], "book_id": form.cleaned_data["book_number"]}
        obj.pk = place_hold(**wanted, volume=form.cleaned_data["volume"] or None, now=timezone.now()).pk
        obj.refresh_from_db()

    def response_post_save_add(self, request: HttpRequest, obj: Hold) -> HttpResponseRedirect:
        """The desk with the patron on screen, where the card was filled in there; else the list."""
        if "card_number" not in request.GET or not request.user.has_perm("lending.add_loan"):
            return super().response_post_save_add(request, obj)
        return HttpResponseRedirect(f"{reverse(f'{self.admin_site.name}:desk')}?patron={obj.patron_id}")

    def fits(self, action: str, thing: Hold) -> bool:
        """What may be done with it as it is."""
        return thing.status_on(timezone.localdate()) in STATUSES[action]

    @admin.display(description=_("status"))
    def status_today(self, hold: Hold) -> str:
        """Whether it waits, is suspended, and so on, also before the sweep of the day."""
        return str(Hold.Status(hold.status_on(timezone.localdate())).label)

    @admin.display(description=_("hold suspended until"))
    def suspended_to(self, hold: Hold) -> str:
        """The last day, while it is suspended."""
        is_suspended = hold.status_on(timezone.localdate()) == Hold.Status.SUSPENDED
        return localize(hold.suspended_until) if is_suspended and hold.suspended_until else "–"

    @admin.display(description=_("position"))
    def position(self, hold: Hold) -> int | str:
        """Which place it has in the queue now."""
        return position_of(hold) or "–"

    @admin.display(description=_("queue"))
    def queue(self, hold: Hold) -> str:
        """The way to everybody who waits for the book."""
        address = reverse(f"{self.admin_site.name}:{self._page('queue')}", args=[hold.book_id])
        return format_html('<a href="{}">{}</a>', address, _("Who waits for this book"))

    @admin.action(description=_("Cancel hold"), permissions=["act"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Hold]) -> HttpResponse | None:
        """Calls holds off, after a page that asks."""
        sentence = _("Their places are gone; copies that are ready go to the next.")
        return self._do(
            request, queryset, "cancel", _("Cancel hold"), sentence, cancel_hold, _("Cancelled: %(count)s.")
        )

    @admin.action(description=_("Suspend"), permissions=["act"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Hold]) -> HttpResponse | None:
        """Lets others pass, after a page that asks until when."""
        form, sentence = Suspending(self._typed(request)), _("They keep their places, and others pass them.")
        return self._do(
            request, queryset, "suspend", _("Suspend"), sentence, suspend_hold, _("Suspended: %(count)s."), form
        )

    @admin.action(description=_("Wait again"), permissions=["act"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Hold]) -> HttpResponse | None:
        """Lets suspended holds wait again."""
        resuming = partial(resume_hold, now=timezone.now())
        self.for_each(request, queryset, lambda hold: admit(partial(resuming, hold.pk)), _("Waiting again: %(count)s."))
        return None

    @admin.action(description=_("Set the last day to collect"), permissions=["move"])
    def pickup_day(self, request: HttpRequest, queryset: QuerySet[Hold]) -> HttpResponse | None:
        """Sets until when copies stand on the hold shelf, after a page that asks."""
        days = {hold.pickup_by for hold in queryset}
        form = PickupDay(self._typed(request), initial={"pickup_by": days.pop()} if len(days) == 1 else {})
        sentence = _("The copies stand on the hold shelf until that day.")
        title, done = _("Set the last day to collect"), _("Set: %(count)s.")
        return self._do(request, queryset, "pickup_day", title, sentence, set_pickup_day, done, form)

    def _do(
        self,
        request: HttpRequest,
        chosen: QuerySet[Hold],
        action: str,
        title: Words,
        sentence: Words,
        service: Callable[..., Hold],
        done: Words,
        form: forms.Form | None = None,
    ) -> HttpResponse | None:
        """The page that asks, or the service done to each with what was typed."""
        if "confirmed" not in request.POST or (form and not form.is_valid()):
            return self.confirmation(request, chosen, action=action, title=title, sentence=sentence, form=form)
        doing = partial(service, now=timezone.now(), **(form.cleaned_data if form else {}))
        self.for_each(request, chosen, lambda hold: admit(partial(doing, hold.pk)), done)
        return None

    def _typed(self, request: HttpRequest) -> Any:
        return request.POST if "confirmed" in request.POST else None
