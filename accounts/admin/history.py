"""What happened to people, on the staff side."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.events import PatronRegistered, PatronRevised
from accounts.models import User
from kernel.eventbus.months.kept import kept_since
from kernel.eventbus.stream.changes import changes_of
from kernel.staff.history import MOST, Happened, history_page

WORDS = {"PatronRegistered": _("registered"), "PatronRevised": _("details changed")}


def history_of_person(model_admin: admin.ModelAdmin, request: HttpRequest, person: User) -> HttpResponse:
    """Lending's page of what a patron borrowed; for who may not see that, who registered and changed the person."""
    if request.user.has_perm("lending.view_patron"):
        return redirect("admin:lending_patron_history", person.pk)
    changes = changes_of(person, f"patron:{person.pk}", (PatronRegistered, PatronRevised), MOST)
    happened = [Happened(one.occurred_at, one.name, one.by, one.via, one.reason) for one in changes]
    address = reverse("admin:accounts_user_change", args=[person.pk])
    return history_page(model_admin, request, person, happened, WORDS, address, kept_since())
