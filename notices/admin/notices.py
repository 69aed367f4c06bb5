"""What patrons were sent, to look at; what did not reach them can be sent again."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from kernel.staff.admins import ReadOnlyAdmin
from kernel.staff.columns import failure_column
from kernel.staff.refusals import refusals_shown
from notices import services
from notices.admin.address_labels import AddressLabels
from notices.models import Notice
from notices.people import found_by, named
from notices.sending.printing import ON_PAPER, print_labels, print_letters

Status = Notice.Status
LOST = (Status.FAILED, Status.UNCLEAR, Status.RETURNED)
ERROR = failure_column("error", _("error"))
ADDRESS_LABELS = _("Address labels as PDF")
PERSON = "admin:accounts_user_change"
FITTING: Mapping[str, tuple[Notice.Status, ...]] = {
    "send_again": LOST,
    "mark_returned": (Status.SENT, Status.PRINTED),
    "print_letters": ON_PAPER,
    "print_labels": ON_PAPER,
}


class NamedNotices(ChangeList):
    """A page of notices, with the people of it in one query."""

    def get_results(self, request: HttpRequest) -> None:
        """The page's rows."""
        super().get_results(request)
        _name(request, self.result_list)


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """Notices, the newest first."""

    list_display = ("patron", "kind", "channel", "title", "status", "made_at", "sent_at")
    list_display_links = ("title",)
    sortable_by = ()
    list_filter = ("status", "channel", "kind")
    search_fields = ("patron_id__typed",)
    search_help_text = _("A card number, or the beginning of a name")
    fields = ("patron", "kind", "channel", "title", "body", "status", ERROR, "attempts", "made_at", "sent_at",
              "retry_at")  # fmt: skip
    readonly_fields = ("patron", ERROR)
    actions = ("print_letters", "print_labels", "send_again", "mark_returned")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Notice], term: str) -> Any:
        """By the patron's card, also a former one, or name."""
        return (queryset.filter(patron_id__in=found_by(term.strip())) if term.strip() else queryset), False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """The list that says who they are for."""
        return NamedNotices

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The notice, and who it is for."""
        notice = super().get_object(request, *args, **kwargs)
        _name(request, [notice] if notice else [])
        return notice

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """When it is tried next is of no interest where it is not."""
        is_tried = obj is None or obj.status in (Status.WAITING, Status.SENDING)
        return self.fields if is_tried else [name for name in self.fields or () if name != "retry_at"]

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Whether the person may have notices sent."""
        return request.user.has_perm("notices.change_notice")

    def fits(self, action: str, thing: Notice) -> bool:
        """What did not reach its patron is sent again; what was sent may come back."""
        return thing.status in FITTING[action]

    @admin.display(description=_("patron"), ordering="patron_id")
    def patron(self, notice: Any) -> str:
        """Who it is for, leading to the person's page; the number alone for who may not see people."""
        if notice.patron_name is None:
            return str(notice.patron_id)
        return format_html('<a href="{}">{}</a>', reverse(PERSON, args=[notice.patron_id]), notice.patron_name)

    @admin.action(description=_("Send again"), permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Notice]) -> None:
        """Sends what did not reach its patron again, as far as it is still so."""
        now = timezone.now()
        self.for_each(
            request, queryset, lambda one: services.send_again(one.pk, now=now), _("To be sent again: %(count)s.")
        )

    @admin.action(description=_("It came back"), permissions=["send"])
    def mark_returned(self, request: HttpRequest, queryset: QuerySet[Notice]) -> None:
        """Notes that a mail or letter came back as undeliverable."""
        now = timezone.now()
        self.for_each(
            request, queryset, lambda one: services.mark_returned(one.pk, now=now), _("Came back: %(count)s.")
        )

    @admin.action(description=_("Letters as PDF"), permissions=["send"])
    def print_letters(self, request: HttpRequest, queryset: QuerySet[Notice]) -> HttpResponse | None:
        """The letters of those who have neither email nor telephone."""
        return self._pdf(request, print_letters, queryset, "letters.pdf")

    @admin.action(description=ADDRESS_LABELS, permissions=["send"])
    def print_labels(self, request: HttpRequest, queryset: QuerySet[Notice]) -> HttpResponse | None:
        """The addresses for these letters, from the first free place of a sheet on."""
        form = AddressLabels(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            return self.confirmation(
                request, queryset, action="print_labels", title=ADDRESS_LABELS, sentence=form.sheet(), form=form
            )
        service = partial(print_labels, first=form.cleaned_data["start"])
        return self._pdf(request, service, queryset, "labels.pdf")

    def _pdf(
        self, request: HttpRequest, service: Callable[..., bytes], chosen: QuerySet[Notice], name: str
    ) -> HttpResponse | None:
        ids = list(chosen.values_list("pk", flat=True))
        with refusals_shown(request):
            pdf = service(ids, now=timezone.now())
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            return HttpResponse(pdf, content_type="application/pdf", headers=headers)
        return None


def _name(request: HttpRequest, notices: Iterable[Any]) -> None:
    may_see = request.user.has_perm("accounts.view_user")
    names = named({notice.patron_id for notice in notices}) if may_see else {}
    for notice in notices:
        notice.patron_name = names.get(notice.patron_id)
