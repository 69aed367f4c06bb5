"""The staff side of webhooks."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from kernel.eventbus.months.kept import gone_until
from kernel.staff.admins import ReadOnlyAdmin, StaffAdmin
from kernel.staff.columns import failure_column, yes_or_no
from kernel.staff.inlines import ReadOnlyInline
from webhooks import services
from webhooks.forms import EndpointForm, Since
from webhooks.history import history_of
from webhooks.models import Attempt, Endpoint

MISSED = _(
    "The log does not keep the events from position %(first)s to %(last)s any more: what this webhook wanted of them it"
    " will not be sent. Resumed, it goes on behind them."
)
ERROR = failure_column("error", _("error"))
DISABLED_WHY = failure_column("disabled_why", _("reason"))
SECRET_SHOWN = _("The secret of %(webhook)s, shown this once: %(secret)s")


class LastAttempts(ReadOnlyInline):
    """The last attempts and their outcomes."""

    model = Attempt
    fields = ("opened", "at", "status", ERROR, "duration")
    readonly_fields = ("opened", ERROR)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attempt]:
        """With their events."""
        return super().get_queryset(request).select_related("event")


@admin.register(Endpoint)
class EndpointAdmin(StaffAdmin):
    """Webhooks are registered and changed here, paused, resumed, and moved back in the log."""

    form = EndpointForm
    list_display = ("url", yes_or_no("active", _("active")), "failing_since", "next_try_at", "position")
    list_filter = ("active",)
    actions = ("pause", "resume", "rotate_secret", "resend_since")
    inlines = (LastAttempts,)
    readonly_fields = ("active", "position", "failures", "failing_since", "next_try_at", "disabled_at", DISABLED_WHY,
                       "made_by", "made_at")  # fmt: skip

    def get_fields(self, request: HttpRequest, obj: Endpoint | None = None) -> Any:
        """The address and the events, and for a registered one its state."""
        return ["url", "names", *(self.readonly_fields if obj else ())]

    def get_inlines(self, request: HttpRequest, obj: Endpoint | None) -> Any:
        """A new one has no attempts yet."""
        return self.inlines if obj else ()

    def fits(self, action: str, thing: Endpoint) -> bool:
        """One that is sent nothing just now can be resumed, an active one can be paused and moved back. One that was
        disabled can be paused too: then it fails no more."""
        if action == "resume":
            return not thing.active or thing.next_try_at is not None
        if action == "pause":
            return thing.active or thing.disabled_at is not None
        return action == "rotate_secret" or thing.active

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Says first when nothing is sent any more."""
        if (endpoint := context.get("original")) and endpoint.disabled_at:
            notice = _("Nothing is sent to this webhook any more, because it failed: %(why)s")
            self.message_user(request, notice % {"why": endpoint.why_disabled}, messages.ERROR)
        if endpoint and endpoint.position < (gone := gone_until()):
            self.message_user(request, MISSED % {"first": endpoint.position + 1, "last": gone}, messages.WARNING)
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: Any, obj: Endpoint, form: Any, change: bool) -> None:
        """Registers or changes it through the services; the secret of a new one is shown."""
        wanted = {"url": form.cleaned_data["url"], "names": form.cleaned_data["names"]}
        if change:
            services.change_endpoint(obj.pk, **wanted)
            return
        endpoint = services.register_endpoint(**wanted, by_id=request.user.pk, now=timezone.now())
        obj.pk = endpoint.pk
        self._show_secret(request, endpoint, endpoint.secret)

    @admin.action(description=_("Pause"), permissions=["change"])
    def pause(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> None:
        """Sends nothing until they are resumed."""
        self._each(request, queryset, services.pause_endpoint, "pause", _("Paused: %(count)s."))

    @admin.action(description=_("Resume"), permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> None:
        """Continues at once where they stopped or wait."""
        self._each(request, queryset, services.resume_endpoint, "resume", _("Resumed: %(count)s."))

    @admin.action(description=_("New secret"), permissions=["change"])
    def rotate_secret(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> HttpResponse | None:
        """Gives them new secrets, after a page that asks."""
        if "confirmed" not in request.POST:
            sentence = _("For one day messages are signed with the old secret too; change over in that time.")
            return self.confirmation(
                request, queryset, action="rotate_secret", title=_("New secret"), sentence=sentence
            )
        for endpoint in queryset:
            self._show_secret(request, endpoint, services.rotate_secret(endpoint.pk, now=timezone.now()))
            self.log_change(request, endpoint, "rotate_secret")
        return None

    @admin.action(description=_("Send all since … again"), permissions=["change"])
    def resend_since(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> HttpResponse | None:
        """Goes back in the log to a time that is asked for."""
        form = Since(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            sentence = _("Everything since then is sent again, in order; receivers know it by its id.")
            return self.confirmation(
                request, queryset, action="resend_since", title=_("Send again"), sentence=sentence, form=form
            )
        since = form.cleaned_data["since"]
        act = f"resend_since {timezone.localtime(since):%Y-%m-%d %H:%M}"
        self._each(request, queryset, partial(services.resend_since, since=since), act, _("Moved back: %(count)s."))
        return None

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Who changed it, and who did what with it."""
        endpoint = self.get_object(request, object_id)
        if endpoint is None or not self.has_view_permission(request, endpoint):
            return super().history_view(request, object_id, extra_context)
        return history_of(self, request, endpoint)

    def _each(
        self, request: HttpRequest, chosen: QuerySet[Endpoint], service: Callable[[int], Any], act: str, done: Any
    ) -> None:
        """Does it to each, and notes in its history who did."""

        def do(endpoint: Endpoint) -> None:
            service(endpoint.pk)
            self.log_change(request, endpoint, act)

        self.for_each(request, chosen, do, done)

    def _show_secret(self, request: HttpRequest, endpoint: Endpoint, secret: str) -> None:
        values = {"webhook": endpoint, "secret": secret}
        self.message_user(request, SECRET_SHOWN % values, messages.WARNING)


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    """Each attempt, to look at; its event can be sent again."""

    list_display = ("number", "webhook", "event", "at", "status", ERROR, "duration")
    sortable_by = ("number",)
    list_select_related = ("endpoint", "event")
    list_filter = ("endpoint",)
    fields = ("endpoint", "event", "at", "status", ERROR, "duration")
    readonly_fields = (ERROR,)
    actions = ("resend",)

    @admin.display(description=_("webhook"))
    def webhook(self, attempt: Attempt) -> str:
        """Which one, its host in parts: where the column is narrow, a line ends at a dot."""
        first, *others = str(attempt.endpoint).split(".")
        return format_html("{}{}", first, format_html_join("", ".<wbr>{}", ((part,) for part in others)))

    def has_resend_permission(self, request: HttpRequest) -> bool:
        """Whether the person may have events sent again."""
        return request.user.has_perm("webhooks.change_endpoint")

    @admin.action(description=_("Send this event again"), permissions=["resend"])
    def resend(self, request: HttpRequest, queryset: QuerySet[Attempt]) -> None:
        """Sends the events of the chosen attempts again, before what is next."""

        def resend(attempt: Attempt) -> None:
            services.resend_event(attempt.pk)
            self.log_change(request, attempt.endpoint, f"resend {attempt.event}")

        self.for_each(request, queryset, resend, _("To be sent again: %(count)s."))
