"""Replacing a card on the staff side, and printing cards."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.cards import replace_card
from accounts.models import CARD_NUMBER, User
from kernel.staff.chosen import taken_to
from kernel.staff.fields import CardNumberField
from kernel.storage.retries import with_retries


class Replacement(forms.Form):
    """The number of the new card, and why there is one."""

    card_number = CardNumberField(
        label=_("number of the new card"),
        max_length=32,
        validators=[CARD_NUMBER],
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    reason = forms.CharField(label=_("reason"), max_length=200)

    def replace(self, person: User, by: Any) -> User:
        """Gives the person that card. Raises `CardNumberTaken`."""
        wanted = self.cleaned_data
        return with_retries(partial(replace_card, person.pk, by_id=by.pk, now=timezone.now(), **wanted))


@admin.action(description=_("Print cards"), permissions=["change"])
def print_cards(people: Any, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse:
    """Leads to the page that prints them."""
    return taken_to(request, "printing_cards", "patrons", queryset.values_list("pk", flat=True))
