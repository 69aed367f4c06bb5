"""The staff side of people: their cards, and the roles of the staff."""

from contextlib import suppress
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from accounts.admin.cards import Replacement, print_cards
from accounts.admin.filters import ByRole, ConsentEnded
from accounts.admin.history import history_of_person
from accounts.forms import CONSENT, PersonForm
from accounts.hashing import hash_password
from accounts.models import Card, User
from accounts.queries import cards_of
from accounts.roles import may_change, roles_of, roles_to_give
from accounts.services import change_patron, register_patron
from kernel.labels.reading import CARD, searched
from kernel.staff.admins import StaffAdmin
from kernel.staff.columns import worded_column, yes_or_no
from kernel.staff.refusals import refusals_shown
from kernel.values.phones import read_phone

STAFF, ACTIVE = worded_column("is_staff", _("staff"), yes=_("staff")), yes_or_no("is_active", _("active"))


@admin.register(User)
class PeopleAdmin(StaffAdmin):
    """Patrons are registered and changed here; staff by who may make staff, with roles that he could have himself."""

    form = PersonForm
    list_display = ("card_number", "name", "phone", "email", "category", "expires_on", ACTIVE, STAFF)
    list_select_related = ("category",)
    list_filter = ("is_active", "is_card_lost", ConsentEnded, "category", "is_staff", ByRole)
    search_fields = ("card_number", "name", "email")
    search_help_text = _("Card number, name, email or telephone")
    actions = ("replace_card", print_cards)

    def get_queryset(self, request: Any) -> QuerySet[User]:
        """Nobody who was erased: of these there is nothing to see or to change."""
        return super().get_queryset(request).filter(erased_at=None)

    def get_search_results(self, request: Any, queryset: QuerySet[User], search_term: str) -> Any:
        """By what the fields hold, and by the number of a card that somebody has or had, however typed or scanned, or a
        telephone number."""
        found, twice = super().get_search_results(request, queryset, search_term)
        if search_term.strip():
            had = Card.objects.filter(number__anycase=searched(search_term.strip(), CARD))
            found |= queryset.filter(pk__in=list(had.values_list("person", flat=True)))
        with suppress(ValueError):
            found |= queryset.filter(phone=read_phone(search_term))
        return found, twice

    def get_fields(self, request: Any, obj: User | None = None) -> Any:
        """Programs that listen have neither address nor password nor role."""
        if obj and obj.is_program:
            return ["card_number", "name", "is_active", "registered_at"]
        password = ["new_password"] if obj is None or self.has_change_permission(request, obj) else []
        roles = ["is_staff", "roles"] if self._gives_roles(request, obj) else ["is_staff", "roles_held"] if obj else []
        history = ["history_of_loans"] if request.user.has_perm("lending.view_patron") else []
        seen = ["desk_page", *history, "earlier_cards", "registered_at", "last_login"] if obj else []
        card = ["category", "expires_on", *(["is_card_lost"] if obj else []), "is_active"]
        details = ["card_number", "name", "email", "phone", "language", "postal_code", "address", *CONSENT, "notes"]
        return [*details, *password, *card, *roles, *seen]

    def get_readonly_fields(self, request: Any, obj: User | None = None) -> list[str]:
        """A card keeps its number; roles are not for everybody to give."""
        roles = [] if self._gives_roles(request, obj) else ["is_staff"]
        return [
            *roles,
            "roles_held",
            "desk_page",
            "history_of_loans",
            "earlier_cards",
            "registered_at",
            "last_login",
            *(["card_number"] if obj else []),
        ]

    def get_form(self, request: Any, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:
        """The form, with the roles that the person at it may give."""
        form = super().get_form(request, obj, change, **kwargs)
        offered = roles_to_give(request.user) if self._gives_roles(request, obj) else ()
        return type(form.__name__, (form,), {"offered": offered})

    def has_change_permission(self, request: Any, obj: User | None = None) -> bool:
        """Nobody may change who has more rights, or could take them."""
        return super().has_change_permission(request, obj) and (obj is None or may_change(request.user, obj))

    def changeform_view(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page; a password that is sent to it is hashed before the page's transaction begins."""
        password = request.POST.get("new_password", "")
        request.hashed_password = hash_password(password) if password else ""
        return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: Any, obj: User, form: forms.ModelForm, change: bool) -> None:
        """Registers or changes the person through the service."""
        fields = {name: form.cleaned_data[name] for name in (form.changed_data if change else form.cleaned_data)}
        password = request.hashed_password if fields.pop("new_password", "") else ""
        if change:
            change_patron(obj.pk, password=password, now=timezone.now(), **fields)
        else:
            obj.pk = register_patron(password=password, now=timezone.now(), **fields).pk

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """What the person borrowed, which lending's page has; for who may not see that, who changed the details."""
        if not self.has_view_permission(request):
            return super().history_view(request, object_id, extra_context)
        return history_of_person(self, request, get_object_or_404(User, pk=object_id))

    @admin.display(description=_("roles"))
    def roles_held(self, person: User) -> str:
        """The person's roles in one line."""
        return ", ".join(str(role.title) for role in roles_of(person)) or "–"

    @admin.action(description=_("Replace the card"), permissions=["change"])
    def replace_card(self, request: Any, queryset: QuerySet[User]) -> HttpResponse | None:
        """Gives the person another card, on a page that asks for its number and the reason."""
        chosen = list(queryset[:2])
        if len(chosen) != 1 or not self.has_change_permission(request, chosen[0]):
            self.message_user(request, _("Each card has its own number: choose one person."), messages.WARNING)
            return None
        form = Replacement(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            title, sentence = (
                _("Replace the card"),
                _("The old number is refused from then on, and is never anybody else's."),
            )
            return self.confirmation(
                request, queryset, action="replace_card", title=title, sentence=sentence, form=form
            )
        with refusals_shown(request, chosen[0]):
            person = form.replace(chosen[0], request.user)
            facts = {"name": person.name, "card": person.card_number}
            messages.success(request, _("%(name)s has the card %(card)s.") % facts)
        return None

    def fits(self, action: str, thing: Any) -> bool:
        """Programs have no card."""
        return not thing.is_program

    @admin.display(description=_("at the desk"))
    def desk_page(self, person: User) -> str:
        """Where everything stands that the desk is asked about this person."""
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:desk_patron", args=[person.pk]), _("Loans, fees, card")
        )

    @admin.display(description=_("history of loans"))
    def history_of_loans(self, person: User) -> str:
        """What the person borrowed and brought back; the page is lending's."""
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:lending_patron_history", args=[person.pk]), _("history")
        )

    @admin.display(description=_("earlier cards"))
    def earlier_cards(self, person: User) -> str:
        """Cards that were replaced, each with the day and the reason."""
        lines = [(c.number, date_format(c.ended_at), c.reason) for c in cards_of(person.pk) if c.ended_at]
        return format_html_join(mark_safe("<br>"), "{} · {} · {}", lines) or "–"

    def _gives_roles(self, request: Any, person: User | None) -> bool:
        if person and (person.is_program or not self.has_change_permission(request, person)):
            return False
        return bool(roles_to_give(request.user))
