"""The rules of lending on the staff side."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from kernel.staff.admins import StaffAdmin
from kernel.staff.columns import begins, begins_in_words
from kernel.staff.inlines import ReadOnlyInline
from lending.admin.policy_form import PlaceForm, PolicyForm, input_of
from lending.admin.policy_words import CHOICE_WORDS, FIELD_WORDS, SECTION_WORDS
from lending.models import Policy, PolicyChange
from lending.policies.services import adopt_policy, drop_policy
from lending.policies.trial import trial_of
from lending.policy_fields import SECTIONS


class ChangesOfPolicy(ReadOnlyInline):
    """Who adopted and replaced it, when, and with which rules."""

    model = PolicyChange
    fields = ("what", "at", "by", "said")
    readonly_fields: ClassVar[Any] = ("said",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PolicyChange]:
        """With who did it."""
        return super().get_queryset(request).prefetch_related("by").order_by("-pk")

    @admin.display(description=_("rules"))
    def said(self, change: PolicyChange) -> str:
        """What it said from then on, in words."""
        return rules_in_words(change.given)


@admin.register(Policy)
class PolicyAdmin(StaffAdmin):
    """The rules of lending, which are adopted for a day to come and never changed."""

    form = PolicyForm
    list_display = (begins, "for_whom", "for_what", "rules")
    ordering: ClassVar[Any] = ("-valid_from", "category", "copy_type")
    actions = ("drop",)
    nothing_yet = _("No policy was adopted: what is built in holds. The page of a new one names it at each rule.")
    change_form_template = "admin/previewed.html"
    inlines = (ChangesOfPolicy,)

    def get_inlines(self, request: HttpRequest, obj: Policy | None) -> Any:
        """What was done to it, once it is there."""
        return self.inlines if obj else ()

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Shows what would come of it while it is typed in."""
        context["preview"] = context["adminform"].form.preview() if not context.get("original") else None
        context |= {"preview_title": _("What comes of it"), "preview_button": _("Show what comes of it")}
        return super().render_change_form(request, context, *args, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Policy | None = None) -> Any:
        """What to type in, or what was adopted and what comes of it."""
        if obj:
            return [(None, {"fields": [begins_in_words, "for_whom", "for_what", "rules", "trial"]})]
        inputs = {section: [input_of(f"{section}.{name}") for name in names] for section, names in SECTIONS.items()}
        rules = [(SECTION_WORDS[section], {"fields": names}) for section, names in inputs.items()]
        return [(None, {"fields": ["valid_from", "category", "copy_type"]}), *rules]

    def get_readonly_fields(self, request: HttpRequest, obj: Policy | None = None) -> Any:
        """Everything of a policy that is there."""
        return (begins_in_words, "for_whom", "for_what", "rules", "trial") if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: another policy is adopted instead."""
        return False

    def save_model(self, request: HttpRequest, obj: Policy, form: PlaceForm, change: bool) -> None:
        """Adopts the policy through the service, and says what comes of it."""
        place = {name: form.cleaned_data[name] for name in ("valid_from", "category", "copy_type")}
        adopted, _is_new = adopt_policy(given=form.given(), now=timezone.now(), **place)
        obj.pk, obj.valid_from = adopted.pk, adopted.valid_from
        messages.info(request, "\n".join(trial_of(adopted, timezone.now())))

    def has_drop_permission(self, request: HttpRequest) -> bool:
        """Whoever may adopt rules may drop them."""
        return self.has_add_permission(request)

    def fits(self, action: str, thing: Policy) -> bool:
        """Only rules that are not in force yet can be dropped."""
        return thing.valid_from > timezone.localdate()

    @admin.action(description=_("Revoke"), permissions=["drop"])
    def drop(self, request: HttpRequest, queryset: QuerySet[Policy]) -> HttpResponse | None:
        """Drops rules that are not in force yet."""
        now = timezone.now()
        self.for_each(request, queryset, lambda policy: drop_policy(policy.pk, now=now), _("Revoked: %(count)s."))
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:lending_policy_changelist"))

    @admin.display(description=_("category of patrons"), ordering="category")
    def for_whom(self, policy: Policy) -> Any:
        """Whose loans it is for."""
        return policy.category or _("everybody")

    @admin.display(description=_("type of copies"), ordering="copy_type")
    def for_what(self, policy: Policy) -> Any:
        """Which copies it is for."""
        return policy.copy_type or _("everything")

    @admin.display(description=_("rules"))
    def rules(self, policy: Policy) -> str:
        """What it says, in words."""
        return rules_in_words(policy.given)

    @admin.display(description=_("what comes of it"))
    def trial(self, policy: Policy) -> str:
        """What somebody of that category who borrows such a copy would have."""
        return format_html_join(" ", "{}", ((sentence,) for sentence in trial_of(policy, timezone.now())))


def rules_in_words(given: dict[str, Any]) -> str:
    """Rules by dotted names in one line."""
    said = ((str(FIELD_WORDS[name]), _in_words(value)) for name, value in given.items())
    return format_html_join("; ", "{}: {}", said) or "–"


def _in_words(value: Any) -> str:
    if value is None:
        return str(_("none"))
    return str(CHOICE_WORDS[value]) if isinstance(value, (bool, str)) else str(value)
