"""What every page of the staff side keeps to.

Changes go through services, a refusal is a message, nothing is deleted, no page counts a million rows, and an action
that names no permission is nobody's.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import connections, router
from django.db.models import DateField, Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst

from kernel.http.idempotency.forms import SentMeanwhileError, key_of
from kernel.observability.metrics import REFUSALS
from kernel.refusals import Refused
from kernel.spreadsheets.files import FORMATS
from kernel.staff import submissions
from kernel.staff.fields import DayField
from kernel.staff.forms import VERSION, ServiceForm
from kernel.staff.list_files import KIND, listed_as_file
from kernel.staff.lists import BoundedPaginator, Numbered
from kernel.staff.refusals import ChangedMeanwhile, refusals_shown
from kernel.storage.retries import with_retries

Words = str | Promise


class StaffAdmin(Numbered):
    """Adds and changes through services, and deletes nothing. Its actions are buttons on each thing's page too."""

    form: Any = ServiceForm
    formfield_overrides = {DateField: {"form_class": DayField}}
    paginator = BoundedPaginator
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    ordering = ("-pk",)
    files = tuple(FORMATS)
    has_history = True

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never: what is not wanted any more is withdrawn, waived or cancelled."""
        return False

    def fits(self, action: str, thing: Any) -> bool:
        """Whether the thing's page offers that action."""
        return True

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """The actions that the person may do: those whose `permissions` he has."""
        actions = super().get_actions(request).items()
        return {name: action for name, action in actions if action and hasattr(action[0], "allowed_permissions")}

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page of one thing; after a refusal, which changed nothing, with what was typed in and the reason. A form
        that was saved before leads to what was saved then."""
        if answer := submissions.saved_before(request, self.model):
            return answer
        try:
            return with_retries(partial(super().changeform_view, request, *args, **kwargs))
        except SentMeanwhileError:
            return submissions.saved_before(request, self.model) or HttpResponseRedirect(request.get_full_path())
        except Refused as refusal:
            return self._refused(request, refusal, *args, **kwargs)
        except ObjectDoesNotExist:
            return self._refused(request, ChangedMeanwhile(), *args, **kwargs)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, told of the refusal that this request met."""
        form = super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"refusal": getattr(request, "refusal", None)})

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The thing; locked while its form is saved, so that nobody changes it between the look and the change."""
        if request.method == "POST" and VERSION in request.POST and connections[self._home].in_atomic_block:
            self.model._base_manager.using(self._home).select_for_update().filter(pk=args[0]).first()
        return super().get_object(request, *args, **kwargs)

    def response_add(self, request: HttpRequest, obj: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Where Django leads after adding; the form's key is used up."""
        submissions.keep(request, obj, self._address_of(obj.pk))
        return super().response_add(request, obj, *args, **kwargs)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Where Django leads after a change; the form's key is used up."""
        submissions.keep(request, obj, self._address_of(obj.pk))
        return super().response_change(request, obj)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Puts the actions that fit the thing on its page."""
        thing = context.get("original")
        if thing:
            context["title"] = capfirst(self.opts.verbose_name)
        form = context["adminform"].form
        context |= {"form_key": key_of(request), "form_version": form.version() if thing else ""}
        choices = self.get_action_choices(request, [])
        context["object_actions"] = [choice for choice in choices if thing and self.fits(choice[0], thing)]
        return super().render_change_form(request, context, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, under the name of what it lists; as a file where that is asked for."""
        if (kind := request.GET.get(KIND)) in FORMATS:
            return listed_as_file(self, request, str(kind))
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, "form_key": key_of(request), **(extra_context or {})})

    def response_action(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | None:
        """After a thing's own button, that thing's page again."""
        response = super().response_action(request, *args, **kwargs)
        own = request.POST.get("of_one")
        if own and isinstance(response, HttpResponseRedirect):
            return HttpResponseRedirect(self._address_of(own))
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
        words: Callable[[Any], str] = str,
    ) -> TemplateResponse:
        """The page between choosing an action and doing it; its form comes back with `confirmed`. `words` say what is
        chosen."""
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "sentence": sentence,
            "chosen": [(thing.pk, words(thing)) for thing in chosen],
            "action": action,
            "form": form,
            "opts": self.opts,
            "of_one": request.POST.get("of_one", ""),
            "form_key": key_of(request),
        }
        return TemplateResponse(request, "admin/confirm_action.html", context)

    def for_each(self, request: HttpRequest, chosen: QuerySet[Any], service: Callable[[Any], Any], done: Words) -> None:
        """Does the service to each chosen thing, once for a form; names those refused and why, counts the rest."""
        if not submissions.claimed(request, self.model):
            self.message_user(request, submissions.SENT_BEFORE, messages.WARNING)
            return
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

    @property
    def _home(self) -> str:
        return router.db_for_write(self.model)

    def _address_of(self, key: Any) -> str:
        return reverse(f"{self.admin_site.name}:{self._page('change')}", args=[key])

    def _page(self, name: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"


class ReadOnlyAdmin(StaffAdmin):
    """Can be looked at and searched; whatever may be done to it is one of its actions."""

    has_history = False  # Django's own is of forms alone

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never here."""
        return False


class ReadModelAdmin(ReadOnlyAdmin):
    """What a context knows of another's things. Superusers find it in the list of pages, others by its address."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether it is in the list of pages."""
        return bool(getattr(request.user, "is_superuser", False))
