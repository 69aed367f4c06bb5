"""The own card's details and password."""

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.hashing import hash_password
from accounts.models import User
from accounts.passwords.checking import TooManyWrong, WrongPassword, person_known_by
from accounts.passwords.services import change_password
from accounts.services import change_own_details
from kernel.storage.retries import with_retries
from opac.card_forms import CHOICES, ChangePassword, Details, HistoryKept
from opac.site import patrons_page, shown

WRONG = "wrong"


@patrons_page
def profile(request: HttpRequest) -> HttpResponse:
    """The card, and changing its email address, telephone and language."""
    person = _person(request)
    form = Details(request.POST or None, instance=person)
    is_good = form.is_valid()
    if not (is_good and (not form.changes_email or _password_is_right(request, form, "own_password"))):
        return _page(request, details=form)
    details = {name: form.cleaned_data[name] for name in ("email", "phone", "language")}
    person = with_retries(partial(change_own_details, person_id=person.pk, now=timezone.now(), **details))
    with override(person.language):
        messages.success(request, _("Your details are saved."))
    answer = HttpResponseRedirect(reverse("opac:profile"))
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, person.language, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return answer


@patrons_page
def keep_history(request: HttpRequest) -> HttpResponse:
    """Choosing how long the own history is kept."""
    person = _person(request)
    form = HistoryKept(request.POST or None)
    if request.method == "POST" and form.is_valid():
        kept = CHOICES[form.cleaned_data["keep_history"]]
        change = partial(change_own_details, person_id=person.pk, keep_history=kept)
        with_retries(partial(change, now=timezone.now()))
        messages.success(request, _("Your details are saved."))
        return HttpResponseRedirect(reverse("opac:profile"))
    return _page(request, history=form)


@patrons_page
def password(request: HttpRequest) -> HttpResponse:
    """Changing the password. This browser stays signed in, under another session; all others are signed out."""
    if request.method != "POST":  # led back here by signing in again
        return HttpResponseRedirect(reverse("opac:profile"))
    person = _person(request)
    form = ChangePassword(person, request.POST)
    if not form.is_valid():
        return _page(request, password=form)
    wanted = form.cleaned_data["new_password"]
    if _password_is_right(request, form, "old_password"):
        change = partial(change_password, person_id=person.pk, password=hash_password(wanted))
        person = with_retries(partial(change, now=timezone.now()))
    elif not (form.has_error("old_password", WRONG) and (person := _person(request)).check_password(wanted)):
        return _page(request, password=form)  # else it was sent twice, and the first one was done
    update_session_auth_hash(request, person)
    messages.success(request, _("Your password is changed. Other browsers and devices are signed out."))
    return HttpResponseRedirect(reverse("opac:profile"))


def _person(request: HttpRequest) -> User:
    """The person as the database has him: a form that is not valid changes this object, not the page's."""
    user: Any = request.user
    return User.objects.get(pk=user.pk)


def _password_is_right(request: HttpRequest, form: Any, name: str) -> bool:
    """Whether the password in that field is the person's; if not, the field says so."""
    user: Any = request.user
    try:
        person_known_by(request, card_number=user.card_number, password=form.cleaned_data[name])
    except WrongPassword:
        form.add_error(name, ValidationError(_("This is not your password."), WRONG))
    except TooManyWrong:
        form.add_error(name, _("Too many wrong passwords; please wait before you try again."))
    return not form.errors


def _page(request: HttpRequest, *, details: Any = None, password: Any = None, history: Any = None) -> HttpResponse:
    person = _person(request)
    chosen = next(said for said, kept in CHOICES.items() if kept == person.keep_history)
    forms = {
        "details": details or Details(instance=person),
        "password": password or ChangePassword(person),
        "history": history or HistoryKept(initial={"keep_history": chosen}),
    }
    return shown(request, "profile.html", {**forms, "person": person})
