"""Applications for a card on the staff side: the desk confirms or declines them."""

from functools import partial
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.applications.forms import Confirmation
from accounts.applications.services import confirm_application, decline_application
from accounts.hashing import hash_password
from accounts.models import CardApplication
from kernel.staff.admins import ReadOnlyAdmin
from kernel.staff.refusals import refusals_shown
from kernel.storage.retries import with_retries


@admin.register(CardApplication)
class CardApplicationAdmin(ReadOnlyAdmin):
    """Who wants a card, the newest first. Who may register patrons decides."""

    list_display = ("name", "email", "language", "state", "applied_at", "card")
    list_filter = ("state",)
    list_select_related = ("card",)
    search_fields = ("name", "email")
    search_help_text = _("Name or email")
    fields: ClassVar[Any] = ("name", "email", "language", "message", "applied_at", "state", "decided_at", "card")
    actions = ("confirm", "decline")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whether the person may register patrons."""
        return request.user.has_perm("accounts.add_user")

    def fits(self, action: str, thing: Any) -> bool:
        """What is decided stays so."""
        return bool(thing.state == CardApplication.State.WAITING)

    @admin.action(description=_("Give a card"), permissions=["decide"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[CardApplication]) -> HttpResponse | None:
        """Registers the person, on a page that asks for the card's number."""
        chosen = list(queryset[:2])
        if len(chosen) != 1:
            self.message_user(request, _("Each card has its own number: choose one application."), messages.WARNING)
            return None
        form = Confirmation(chosen[0], request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            sentence = _("Look at something that shows name and address first.")
            return self.confirmation(
                request, queryset, action="confirm", title=_("Give a card"), sentence=sentence, form=form
            )
        _confirm(request, chosen[0], form.cleaned_data["card_number"], form.cleaned_data["new_password"])
        return None

    @admin.action(description=_("Decline"), permissions=["decide"])
    def decline(self, request: HttpRequest, queryset: QuerySet[CardApplication]) -> HttpResponse | None:
        """Declines them, on a page that asks first."""
        if "confirmed" not in request.POST:
            sentence = _("They get no card. Nobody is written to.")
            return self.confirmation(
                request, queryset, action="decline", title=_("Decline applications"), sentence=sentence
            )
        now = timezone.now()
        self.for_each(request, queryset, lambda one: decline_application(one.pk, now=now), _("Declined: %(count)s."))
        return None


def _confirm(request: HttpRequest, application: CardApplication, card_number: str, password: str) -> None:
    hashed = hash_password(password) if password else None
    confirm = partial(confirm_application, application.pk, card_number=card_number, password=hashed)
    with refusals_shown(request, application):
        with_retries(partial(confirm, now=timezone.now()))
        facts = {"name": application.name, "card": card_number}
        messages.success(request, _("%(name)s has the card %(card)s.") % facts)
