"""My notices: what I was sent, and what I want to be sent."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services import change_own_details
from kernel.storage.retries import with_retries
from notices.kinds import ALWAYS, Kind
from notices.queries import notices_of
from opac.own.away import unless_away
from opac.own.paging import page_of_rows, read_from
from opac.site import patrons_page, shown

CHOICES = [(kind.value, lazy(capfirst, str)(kind.label)) for kind in Kind if kind not in ALWAYS]


class Choice(forms.Form):
    """How notices come, and which."""

    by_email = forms.BooleanField(label=gettext_lazy("By email"), required=False)
    by_message = forms.BooleanField(label=gettext_lazy("As messages to my telephone"), required=False)
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Which notices"), choices=CHOICES, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("What is overdue always comes."),
    )  # fmt: skip


@patrons_page
def notices(request: HttpRequest) -> HttpResponse:
    """One's own notices, the last first, and choosing them."""
    user: Any = request.user
    form = Choice(request.POST or None, initial=_chosen(User.objects.get(pk=user.pk)))
    if form.is_valid():
        _choose(user.pk, form.cleaned_data)
        messages.success(request, _("Your choice is saved."))
        return HttpResponseRedirect(reverse("opac:notices"))
    page = unless_away(partial(_page, user.pk, read_from(request)))
    return shown(request, "notices.html", {"form": form, **(page if page is not None else {"is_away": True})})


def _chosen(person: User) -> dict[str, Any]:
    return {
        "by_email": person.notices_by_email,
        "by_message": person.notices_by_message,
        "kinds": [kind for kind, _label in CHOICES if kind not in person.notices_off],
    }


def _choose(person_id: int, chosen: dict[str, Any]) -> None:
    details = {
        "notices_by_email": chosen["by_email"],
        "notices_by_message": chosen["by_message"],
        "notices_off": [kind for kind, _label in CHOICES if kind not in chosen["kinds"]],
    }
    with_retries(partial(change_own_details, person_id=person_id, now=timezone.now(), **details))


def _page(patron_id: int, before: int) -> dict[str, Any]:
    rows = notices_of(patron_id).order_by("-pk")
    return page_of_rows(rows.filter(pk__lt=before) if before else rows, before)
