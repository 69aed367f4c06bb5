"""Families on the staff side: typed in by card numbers, changed, and dissolved."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from kernel.staff.admins import StaffAdmin
from kernel.staff.forms import ServiceForm
from lending.families.queries import families
from lending.families.services import change_family, dissolve_family, make_family
from lending.models import Family
from lending.queries import holders_of

DISSOLVE = _("Dissolve the family")
DISSOLVED = _("Families dissolved: %(count)s.")


class FamilyForm(ServiceForm):
    """A family by the card numbers of its members."""

    cards = forms.CharField(
        label=_("members’ cards"), widget=forms.Textarea({"rows": 6}), help_text=_("Card numbers, one in each line.")
    )

    class Meta:
        model = Family
        fields: ClassVar[Any] = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["cards"] = "\n".join(str(person.get_username()) for person in _people(self.instance))

    def clean_cards(self) -> list[int]:
        """The ids of the holders. Raises `ValidationError` for a card that nobody has."""
        cards = dict.fromkeys(self.cleaned_data["cards"].replace(",", " ").split())
        holders = {card: holders_of(card) for card in cards}
        if unknown := [card for card, found in holders.items() if not found]:
            raise forms.ValidationError(_("Nobody has a card with the number %s.") % ", ".join(unknown))
        return sorted({holder for found in holders.values() for holder in found})


@admin.register(Family)
class FamilyAdmin(StaffAdmin):
    """Patrons who share a limit."""

    form = FamilyForm
    list_display = ("number", "name", "members_shown")
    list_display_links = ("number", "name")
    list_select_related = ()
    search_fields = ("name",)
    search_help_text = _("A name, or the card number of a member")
    actions: Any = ("dissolve",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Family]:
        """Families with their members."""
        return families().prefetch_related("members__user")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Family], term: str) -> Any:
        """By a part of the name, or the card of a member."""
        found, twice = super().get_search_results(request, queryset, term)
        return (found | queryset.filter(members__in=holders_of(term.strip())) if term.strip() else found), twice

    def get_fields(self, request: HttpRequest, obj: Family | None = None) -> Any:
        """To type in, or to read."""
        shown = ("members_shown",) if obj else ()
        return ("name", *shown, "cards") if self._is_typed(request, obj) else ("name", *shown)

    def get_readonly_fields(self, request: HttpRequest, obj: Family | None = None) -> Any:
        """What is not typed in: who the members are also beside their cards."""
        return ("members_shown",)

    def has_dissolve_permission(self, request: HttpRequest) -> bool:
        """Whether the person may dissolve families."""
        return request.user.has_perm("lending.delete_family")

    def save_model(self, request: HttpRequest, obj: Family, form: Any, change: bool) -> None:
        """Makes or changes the family through the services."""
        typed = {"name": form.cleaned_data["name"], "members": form.cleaned_data["cards"], "now": timezone.now()}
        obj.pk = change_family(obj.pk, **typed).pk if change else make_family(**typed).pk

    @admin.display(description=_("members"))
    def members_shown(self, family: Family) -> SafeString:
        """Each member, leading to the patron's page."""
        people = [(reverse("admin:desk_patron", args=[one.pk]), one.user) for one in family.members.all()]
        return format_html_join(" · ", '<a href="{}">{}</a>', people)

    @admin.action(description=DISSOLVE, permissions=["dissolve"])
    def dissolve(self, request: HttpRequest, queryset: QuerySet[Family]) -> HttpResponse | None:
        """Dissolves families, after a page that says what that means."""
        if "confirmed" not in request.POST:
            sentence = _("Each member has a limit of the own again. What is out stays out.")
            return self.confirmation(request, queryset, action="dissolve", title=DISSOLVE, sentence=sentence)
        now = timezone.now()
        self.for_each(request, queryset, lambda family: dissolve_family(family.pk, now=now), DISSOLVED)
        return HttpResponseRedirect(reverse(f"{self.admin_site.name}:lending_family_changelist"))

    def _is_typed(self, request: HttpRequest, family: Family | None) -> bool:
        return self.has_change_permission(request) if family else self.has_add_permission(request)


def _people(family: Family) -> list[Any]:
    """The members, in the order of their ids; people may be in another database."""
    return list(get_user_model().objects.filter(pk__in=[one.pk for one in family.members.all()]).order_by("pk"))
