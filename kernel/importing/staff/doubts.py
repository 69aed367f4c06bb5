"""The staff side of doubts: what the file says beside what is here, and the buttons that decide."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from kernel.importing.kinds import Kind, kinds
from kernel.importing.models import Doubt
from kernel.importing.report import sentences
from kernel.importing.services import decide_doubt
from kernel.staff.admins import ReadOnlyAdmin
from kernel.staff.refusals import refusals_shown
from kernel.storage.retries import with_retries

Decision = Doubt.Decision


class OpenOnes(admin.SimpleListFilter):
    """What is to be decided, unless the others are asked for."""

    title = _("decision")
    parameter_name = "decided"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The one other choice."""
        return [("yes", _("decided"))]

    def choices(self, changelist: Any) -> Any:
        """Names the first choice by what it shows."""
        first, *others = super().choices(changelist)
        yield {**first, "display": _("open")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The one or the other."""
        is_open = queryset.filter(decision=Decision.OPEN)
        return queryset.exclude(decision=Decision.OPEN) if self.value() == "yes" else is_open


class DoubtAdmin(ReadOnlyAdmin):
    """Doubts of one kind of imports. A context's subclass names the kind and the permission that is needed."""

    kind_name: ClassVar[str]
    permission: ClassVar[str]
    list_display = ("label", "why", "run", "number", "row", "decision")
    list_select_related = ("run",)
    list_filter = (OpenOnes,)
    search_fields = ("label__startswith",)
    search_help_text = _("The beginning of a title or name")
    fields = ("label", "why", "run", "number", "row", "both_sides", "decision", "decided_at")
    readonly_fields = ("why", "both_sides")
    actions: Sequence[str] = ("same", "other", "aside")
    ordering = ("pk",)

    @property
    def kind(self) -> Kind:
        """The kind of these doubts."""
        return kinds()[self.kind_name]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whether the person may decide."""
        return request.user.has_perm(self.permission)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may decide."""
        return self.has_decide_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Those of this kind."""
        return super().get_queryset(request).filter(run__kind=self.kind_name)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """The decisions, under the names that the kind has for them."""
        actions, words = super().get_actions(request), self.kind.decisions
        return {name: (action, name, words.get(name, title)) for name, (action, _name, title) in actions.items()}

    def fits(self, action: str, thing: Doubt) -> bool:
        """What was decided is not decided again."""
        return thing.decision == Decision.OPEN

    @admin.action(description=_("The same"), permissions=["decide"])
    def same(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """The records are about what is here."""
        self._decide(request, queryset, Decision.SAME)

    @admin.action(description=_("Another"), permissions=["decide"])
    def other(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """The records are about something else."""
        self._decide(request, queryset, Decision.OTHER)

    @admin.action(description=_("Set aside"), permissions=["decide"])
    def aside(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Nothing is done with the records."""
        self._decide(request, queryset, Decision.ASIDE)

    @admin.display(description=_("reason"), ordering="reason")
    def why(self, doubt: Doubt) -> str:
        """What disagrees, in words."""
        return dict(sentences(self.kind)).get(doubt.reason, doubt.reason)

    @admin.display(description=_("both sides"))
    def both_sides(self, doubt: Doubt) -> str:
        """What is here beside what the file says; where they disagree, marked."""
        rows = ((_mark(here, file), label, here or "–", file or "–") for label, here, file in self.kind.sides(doubt))
        line = '<tr class="{}"><th scope="row">{}</th><td>{}</td><td>{}</td></tr>'
        head = format_html("<tr><td></td><th>{}</th><th>{}</th></tr>", _("what is here"), _("what the file says"))
        lines = format_html_join("\n", line, rows)
        return format_html('<table class="both-sides"><thead>{}</thead><tbody>{}</tbody></table>', head, lines)

    def _decide(self, request: HttpRequest, chosen: QuerySet[Any], decision: Decision) -> None:
        """Decides each; one alone is told what came of it, several are counted."""
        now, by, said = timezone.now(), request.user.pk, list[str]()
        for doubt in chosen:
            with refusals_shown(request, doubt):
                said.append(with_retries(_deciding(self.kind, doubt, str(decision), by, now)))
        if said:
            sentence = said[0] if len(said) == 1 else _("Decided: %(count)s.") % {"count": len(said)}
            self.message_user(request, sentence, messages.SUCCESS)


def _deciding(kind: Kind, doubt: Doubt, decision: str, by: Any, now: Any) -> Callable[[], str]:
    return lambda: decide_doubt(doubt.pk, kind=kind, decision=decision, by=by, now=now)


def _mark(here: str, file: str) -> str:
    return "differs" if here != file else ""
