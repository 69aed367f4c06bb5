"""The pages of one import: how its file is understood, how far it is, and what came of it."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.translation import gettext as _

from kernel.importing.kinds import Kind
from kernel.importing.leases import GOING_ON
from kernel.importing.models import Entry, Import
from kernel.importing.queries import open_doubts_of
from kernel.importing.records import CannotImportError
from kernel.importing.report import Report
from kernel.importing.staff.forms import AnotherLook
from kernel.importing.tables.columns import NoColumnError
from kernel.importing.uploads import path_of

PER_PAGE = 100
SECONDS_BETWEEN_LOOKS = 2


def context_of_page(request: HttpRequest, run: Import, kind: Kind, data: Any = None) -> dict[str, Any]:
    """What the import's page shows, by its state."""
    shared = {"run": run, "kind": kind, "who": names_of([run]).get(run.by or 0, ""), "is_uploaded": False}
    if run.status == Import.Status.UPLOADED:
        return {**shared, "is_uploaded": True, **_preview(run, kind, data)}
    if run.status in GOING_ON:
        return {**shared, "seconds": SECONDS_BETWEEN_LOOKS, **_report(request, run, kind)}
    return {**shared, **_report(request, run, kind)}


def names_of(runs: list[Import]) -> dict[int, str]:
    """The names of those who started the imports, by id."""
    people = get_user_model()._default_manager.in_bulk([run.by for run in runs if run.by])
    return {key: str(person) for key, person in people.items()}


def _preview(run: Import, kind: Kind, data: Any) -> dict[str, Any]:
    look = AnotherLook(kind, run, data)
    shared = {"look": look, "earlier": _same_file_before(run)}
    try:
        preview = kind.preview(path_of(run), run.options)
    except NoColumnError as error:
        field = dict(kind.fields).get(error.name, error.name)
        fault = _("No column of the file is taken for “%(field)s”. Choose below which it is.") % {"field": field}
        return {**shared, "fault": fault, "columns": list(look.columns(error.columns))}
    except (CannotImportError, OSError) as error:
        return {**shared, "fault": str(error)}
    sentences = Report(run, kind).sentence
    return {
        **shared,
        "preview": preview,
        "columns": list(look.columns(preview.columns)),
        "notes": [(sentences(reason), detail) for reason, detail in preview.notes],
    }


def _same_file_before(run: Import) -> Import | None:
    """The last import of the very same file that took something in."""
    same = Import.objects.using(run._state.db).filter(kind=run.kind, digest=run.digest, position__gt=0)
    return same.exclude(pk=run.pk).exclude(status=Import.Status.REVERTED).order_by("pk").last()


def _report(request: HttpRequest, run: Import, kind: Kind) -> dict[str, Any]:
    report, outcome = Report(run, kind), request.GET.get("outcome", "")
    counted = {reason: count for reason, count in report.reasons(outcome).items() if reason}
    reason = one if (one := request.GET.get("reason", "")) in counted else ""
    entries = Paginator(report.entries(outcome, reason), PER_PAGE).get_page(request.GET.get("page"))
    most = sorted(counted, key=lambda one: -counted[one])
    return {
        "entries": entries,
        "rows": [(entry, report.sentence(entry.reason), report.detail(entry)) for entry in entries],
        "by_row": report.entries().filter(row__isnull=False).exists(),
        "outcome": outcome,
        "outcomes": [("", _("all")), *Entry.Outcome.choices],
        "reason": reason,
        "reasons": [(one, report.sentence(one), counted[one]) for one in most],
        "open_doubts": open_doubts_of(run).count(),
    }
