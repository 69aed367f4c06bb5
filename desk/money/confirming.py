"""The page between choosing what to do with an account and doing it: it says what will come of it."""

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any, NamedTuple

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise

from accounts.models import User
from accounts.queries import people
from fines.models import Account
from fines.queries import version_of
from fines.services import lock_account_as_seen
from kernel.http.idempotency.forms import SentMeanwhileError, key_of
from kernel.money import money
from kernel.staff import submissions
from kernel.staff.refusals import refusals_shown
from kernel.staff.site import staff_page
from kernel.storage.databases import atomic_in
from kernel.storage.retries import with_retries

Words = str | Promise


class Act(NamedTuple):
    """What is to be done: its heading, what will come of it in sentences, what is typed, and the doing, which gives the
    sentence that says what was done."""

    title: Words
    sentences: Sequence[Words]
    form: forms.Form
    do: Callable[..., Words]
    covered: Sequence[Any] = ()
    look_again: Words = ""
    """The button that shows anew what would come of it."""


def act_page(permission: str) -> Callable[[Callable[..., Act]], Callable[..., HttpResponse]]:
    """The page of an act with a patron's account, for who has the permission. What refuses it is said on the account's
    page."""

    def named(act_of: Callable[..., Act]) -> Callable[..., HttpResponse]:
        @staff_page(permission)
        @wraps(act_of)
        def page(request: HttpRequest, pk: int, **thing: int) -> HttpResponse:
            if answer := submissions.saved_before(request, Account):
                return answer
            patron = get_object_or_404(people().select_related("category"), pk=pk)
            with refusals_shown(request):
                return _page(request, patron, act_of(request, patron, **thing))
            return HttpResponseRedirect(account_of(patron.pk))

        return page

    return named


def account_of(patron_id: int) -> str:
    """The page of a patron's account."""
    return reverse("admin:desk_account", args=[patron_id])


def _page(request: HttpRequest, patron: User, act: Act) -> HttpResponse:
    if request.method == "POST" and act.form.is_valid():
        return _done_once(request, patron.pk, act)
    context = {
        **admin.site.each_context(request),
        "title": f"{act.title} · {patron.name}",
        "patron": patron,
        "act": act,
        "covered": [(fine.title or fine.get_kind_display(), money(part)) for fine, part in act.covered],
        "seen": version_of(patron.pk),
        "form_key": key_of(request),
        "account": account_of(patron.pk),
    }
    return TemplateResponse(request, "desk/money/act.html", context)


def _done_once(request: HttpRequest, patron_id: int, act: Act) -> HttpResponse:
    try:
        sentence = with_retries(partial(_do, request, patron_id, act))
    except SentMeanwhileError:
        return submissions.saved_before(request, Account) or HttpResponseRedirect(account_of(patron_id))
    messages.success(request, str(sentence))
    return HttpResponseRedirect(account_of(patron_id))


def _do(request: HttpRequest, patron_id: int, act: Act) -> Words:
    """Does it to the account as it was when the page was made, and keeps that the form was sent, in one transaction."""
    typed: dict[str, Any] = {name: value for name, value in act.form.cleaned_data.items() if name != "seen"}
    with atomic_in("fines"):
        lock_account_as_seen(patron_id, act.form.cleaned_data["seen"])
        sentence = act.do(**typed, by_id=request.user.pk, now=timezone.now())
        submissions.keep(request, Account(pk=patron_id), account_of(patron_id))
    return sentence
