"""What every page of the librarians' door keeps to.

Changes go through services, a refusal is a message in one place, nothing is deleted, and no page counts a
million rows.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from kernel.observability.metrics import REFUSALS
from kernel.refusals import Refused
from kernel.storage.retries import with_retries

Words = str | Promise


class ChangedMeanwhile(Refused):
    code = "changed_meanwhile"
    sentence = _("Somebody changed or withdrew this meanwhile; look at it again.")


@contextmanager
def refusals_shown(request: HttpRequest, about: object = "") -> Iterator[None]:
    """Turns a refusal inside into an error message; nothing was changed then."""
    try:
        yield
    except (Refused, ObjectDoesNotExist) as no:
        refusal = no if isinstance(no, Refused) else ChangedMeanwhile()
        REFUSALS.labels(refusal.code).inc()
        messages.error(request, f"{about}: {refusal}" if about else str(refusal))


class FormOfService(forms.ModelForm):
    """A form whose fields go to a service. What the service refused stands on it as an error."""

    refusal: ClassVar[Refused | None] = None

    def clean(self) -> dict[str, Any]:
        """The fields. Raises `ValidationError` with the refusal's sentence."""
        if self.refusal:
            raise ValidationError(str(self.refusal))
        return super().clean() or self.cleaned_data


class BoundedPaginator(Paginator):
    """Counts the first ten thousand rows only; whoever looks for one behind them searches."""

    most = 10_000

    @cached_property
    def count(self) -> int:
        """How many rows can be paged through."""
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return len(rows)
        return rows.order_by().values("pk")[: self.most].count()  # the key alone, not what is worked out for each row

    @property
    def is_cut(self) -> bool:
        """Whether there may be more rows than are counted."""
        return self.count == self.most


class DoorAdmin(admin.ModelAdmin):
    """Adds and changes through services, and deletes nothing. Its actions are buttons on each thing's page too."""

    form: Any = FormOfService
    paginator = BoundedPaginator
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions_selection_counter = False
    ordering = ("-pk",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: what is not wanted any more is withdrawn, waived or cancelled."""
        return False

    def fits(self, action: str, thing: Any) -> bool:
        """Whether the thing's page offers that action."""
        return True

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page of one thing; after a refusal, which changed nothing, with what was typed in and the reason."""
        try:
            return with_retries(partial(super().changeform_view, request, *args, **kwargs))
        except Refused as refusal:
            return self._refused(request, refusal, *args, **kwargs)
        except ObjectDoesNotExist:
            return self._refused(request, ChangedMeanwhile(), *args, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, told of the refusal that this request met."""
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"refusal": getattr(request, "refusal", None)})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Puts the actions that fit the thing on its page."""
        thing = context.get("original")
        if thing:
            context["title"] = capfirst(self.opts.verbose_name)
        choices = self.get_action_choices(request, [])
        context["object_actions"] = [choice for choice in choices if thing and self.fits(choice[0], thing)]
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, under the name of what it lists."""
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def response_action(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | None:
        """After a thing's own button, that thing's page again."""
        response = super().response_action(request, *args, **kwargs)
        own = request.POST.get("of_one")
        if own and isinstance(response, HttpResponseRedirect):
            return HttpResponseRedirect(reverse(f"{self.admin_site.name}:{self._page('change')}", args=[own]))
        return response

    def confirmation(
        self,
        request: HttpRequest,
        chosen: QuerySet[Any],
        *,
        action: str,
        title: Words,
        sentence: Words,
        form: forms.Form | None = None,
    ) -> TemplateResponse:
        """The page between choosing an action and doing it; its form comes back with `confirmed`."""
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "sentence": sentence,
            "chosen": chosen,
            "action": action,
            "form": form,
            "opts": self.opts,
            "of_one": request.POST.get("of_one", ""),
        }
        return TemplateResponse(request, "admin/confirm_action.html", context)

    def for_each(self, request: HttpRequest, chosen: QuerySet[Any], service: Callable[[Any], Any], done: Words) -> None:
        """Does the service to each chosen thing. Those refused are named with the reason, the rest are counted."""
        count = 0
        for thing in chosen:
            with refusals_shown(request, thing):
                with_retries(partial(service, thing))
                count += 1
        if count:
            self.message_user(request, str(done) % {"count": count}, messages.SUCCESS)

    def _refused(self, request: Any, refusal: Refused, *args: Any, **kwargs: Any) -> HttpResponse:
        request.refusal = refusal
        REFUSALS.labels(refusal.code).inc()
        return super().changeform_view(request, *args, **kwargs)

    def _page(self, name: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"


class ReadOnlyAdmin(DoorAdmin):
    """Can be looked at and searched; whatever may be done to it is one of its actions."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never here."""
        return False


class ReadModelAdmin(ReadOnlyAdmin):
    """What a context knows of another's things. Operators find it in the list of pages, librarians by its address."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether it is in the list of pages."""
        return bool(getattr(request.user, "is_superuser", False))


class FirstHundred(forms.BaseInlineFormSet):
    """Reads no more rows than a page can show."""

    def get_queryset(self) -> QuerySet[Any]:
        """The first hundred."""
        if not hasattr(self, "_shown"):
            self._shown = super().get_queryset()[:100]
        return self._shown


class ReadOnlyInline(admin.TabularInline):
    """Rows shown under the thing they belong to, the first hundred of them."""

    formset = FirstHundred
    extra = 0
    can_delete = False
    readonly_fields = ("opened",)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never here."""
        return False

    @admin.display(description="")
    def opened(self, thing: Model) -> str:
        """The thing's name, leading to its own page."""
        page = f"{thing._meta.app_label}_{thing._meta.model_name}_change"
        return format_html('<a href="{}">{}</a>', reverse(f"{self.admin_site.name}:{page}", args=[thing.pk]), thing)
