"""The staff side of a kind of imports: uploading, the preview, the progress, the report, and undoing."""

from functools import partial
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.importing.kinds import Kind, kinds
from kernel.importing.models import Doubt, Import
from kernel.importing.report import FORMS, Report
from kernel.importing.services import RESUMABLE, UNDOABLE, change_options, resume_import, start_import, stop_import
from kernel.importing.services import undo_import as undo
from kernel.importing.staff.forms import FILE, AnotherLook, options_in, upload_form
from kernel.importing.staff.pages import context_of_page, names_of
from kernel.staff import submissions
from kernel.staff.admins import ReadOnlyAdmin
from kernel.staff.refusals import refusals_shown
from kernel.staff.site import staff_page

TYPES = {".json": "application/json", ".csv": "text/csv; charset=utf-8"}
FITS = {"start": {Import.Status.UPLOADED}, "stop": {Import.Status.RUNNING}, "undo": {*UNDOABLE}}
FITS["resume"] = {*RESUMABLE} - FITS["start"]
COUNTED = ("added", "updated", "unchanged", "skipped")


class ImportAdmin(ReadOnlyAdmin):
    """Imports of one kind. A context's subclass names the kind, its doubts if there may be any, and the permission that
    is needed."""

    kind_name: ClassVar[str]
    permission: ClassVar[str]
    doubts: ClassVar[type[Doubt] | None] = None
    list_display = ("file_name", "who", "created_at", "status", *COUNTED, "open_doubts")
    list_filter = ("status",)
    actions = ("start", "stop", "resume", "undo")
    add_form_template = "importing/upload.html"

    @property
    def kind(self) -> Kind:
        """The kind of these imports."""
        return kinds()[self.kind_name]

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Whether the person may take files in."""
        return request.user.has_perm(self.permission)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may take files in."""
        return self.has_import_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever may take files in: adding is uploading."""
        return self.has_import_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those of this kind, with how many of their doubts are open."""
        doubts = Doubt.objects.filter(run=OuterRef("pk"), decision=Doubt.Decision.OPEN).order_by()
        count = Subquery(doubts.values("run").annotate(count=Count("pk")).values("count"))
        return super().get_queryset(request).filter(kind=self.kind_name).annotate(open=Coalesce(count, 0))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list, with the names of those who started the imports, looked up together."""
        changelist = super().get_changelist_instance(request)
        names = names_of(list(changelist.result_list))
        for run in changelist.result_list:
            run.who = names.get(run.by, "")
        return changelist

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form of an upload, with what may be chosen for this kind."""
        return super().get_form(request, obj, change, **{"form": upload_form(self.kind), **kwargs})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keeps the file; nothing is taken in before somebody has seen the preview."""
        file, options, by = form.cleaned_data[FILE], options_in(form), request.user.pk
        run = start_import(kind=self.kind, file=file, options=options, by=by, via="admin", now=timezone.now())
        obj.pk, obj.file_name = run.pk, run.file_name

    def response_add(self, request: HttpRequest, obj: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """On to the preview; the form's key is used up."""
        address = self._address_of(obj.pk)
        submissions.keep(request, obj, address)
        return HttpResponseRedirect(address)

    def get_urls(self) -> list[Any]:
        """Beside the model's pages: another look at the file, and the report to take along."""
        may, view = staff_page(self.permission), self.admin_site.admin_view
        look = path("<int:pk>/look/", view(may(self.look_again)), name=self._page("look"))
        report = path("<int:pk>/report<str:ending>", view(may(self.download)), name=self._page("report"))
        return [look, report, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The page of one import: preview, progress or report, by where it stands."""
        run = self.get_object(request, object_id)
        if not self.has_import_permission(request) or request.method == "POST":
            raise PermissionDenied
        if run is None:
            raise Http404
        return self._show(request, run)

    def look_again(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The preview of the same file, read in another way."""
        run = self._run(request, pk)
        look = AnotherLook(self.kind, run, request.POST)
        if request.method == "POST" and not look.options.is_valid():
            return self._show(request, run, request.POST)
        if request.method == "POST":
            with refusals_shown(request):
                change_options(run, options=look.chosen(request.POST))
        return HttpResponseRedirect(self._address_of(pk))

    def download(self, request: HttpRequest, pk: int, ending: str) -> Any:
        """The report as a file."""
        run = self._run(request, pk)
        if ending not in FORMS:
            raise Http404
        response = StreamingHttpResponse(FORMS[ending](Report(run, self.kind)), content_type=TYPES[ending])
        response["Content-Disposition"] = f'attachment; filename="report-{pk}{ending}"'
        return response

    def fits(self, action: str, thing: Any) -> bool:
        """Whether the import is in a state in which that can be done."""
        return thing.status in FITS[action] and (action != "resume" or bool(thing.stored_as))

    @admin.action(description=_("Start"), permissions=["import"])
    def start(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Takes the files in, by a worker."""
        self.for_each(request, queryset, partial(resume_import, kind=self.kind), _("Started: %(count)s."))

    @admin.action(description=_("Go on"), permissions=["import"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Goes on from where it was."""
        self.for_each(request, queryset, partial(resume_import, kind=self.kind), _("Going on: %(count)s."))

    @admin.action(description=_("Stop"), permissions=["import"])
    def stop(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Stops behind the batch that is being taken in."""
        self.for_each(request, queryset, partial(stop_import, now=timezone.now()), _("Stopped: %(count)s."))

    @admin.action(description=_("Undo"), permissions=["import"])
    def undo(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Takes back what the imports did, after a page that asks; what is kept stands in their reports."""
        if "confirmed" not in request.POST:
            sentence = _("What these files brought is taken back. What was used or changed since is kept, and named.")
            return self.confirmation(request, queryset, action="undo", title=_("Undo imports"), sentence=sentence)
        service = partial(undo, kind=self.kind, by=request.user.pk, via="admin")
        self.for_each(request, queryset, service, _("Being undone: %(count)s."))
        return None

    @admin.display(description=_("doubts"), ordering="open")
    def open_doubts(self, run: Any) -> int:
        """How many doubts are open."""
        return int(run.open)

    @admin.display(description=_("by"))
    def who(self, run: Any) -> str:
        """Who started it."""
        return str(run.who)

    def _run(self, request: HttpRequest, pk: int) -> Any:
        run = self.get_object(request, str(pk))
        if run is None:
            raise Http404
        return run

    def _show(self, request: HttpRequest, run: Any, data: Any = None) -> TemplateResponse:
        choices = [choice for choice in self.get_action_choices(request, []) if self.fits(choice[0], run)]
        page = context_of_page(request, run, self.kind, data)
        name = f"{self.admin_site.name}:{self._page('report')}"
        addresses = {
            "look_address": reverse(f"{self.admin_site.name}:{self._page('look')}", args=[run.pk]),
            "reports": [(ending[1:].upper(), reverse(name, args=[run.pk, ending])) for ending in FORMS],
        }
        if self.doubts:
            doubts = self.doubts._meta
            place = f"{self.admin_site.name}:{doubts.app_label}_{doubts.model_name}_changelist"
            addresses["doubts_address"] = reverse(place)
        context = {
            **self.admin_site.each_context(request),
            "title": run.file_name,
            "opts": self.opts,
            **page,
            **addresses,
        }
        context |= {"original": run, "object_actions": choices}
        return TemplateResponse(request, "importing/import.html", context)
