"""A form of the staff side that is sent twice is saved once, and leads to what was saved."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.db import router
from django.db.models import Model
from django.db.transaction import atomic
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from kernel.http.idempotency.forms import FIELD, Outcome, SentForm, SentMeanwhileError, key_of

SAVED_BEFORE = _("This form was saved before, and this is what was saved then. Nothing was saved a second time.")

SENT_BEFORE = _("This was sent before, by a second click or by going back. Nothing is done a second time.")


def saved_before(request: HttpRequest, model: type[Model]) -> HttpResponseRedirect | None:
    """Leads to what was saved under the form's key, and says so; None where nothing was."""
    if request.method != "POST" or FIELD not in request.POST:
        return None
    outcome = _form_of(request, model).outcome()
    if outcome is None:
        return None
    messages.warning(request, SAVED_BEFORE)
    return HttpResponseRedirect(outcome.address)


def keep(request: HttpRequest, saved: Model, address: str) -> None:
    """Keeps where the saved thing is, in the transaction that saved it. Raises `SentMeanwhileError`."""
    if FIELD in request.POST:
        _form_of(request, type(saved)).keep(Outcome(address=address))


def claimed(request: HttpRequest, model: type[Model]) -> bool:
    """Whether this request may do the action to the things chosen: not where the same form did it to them before. What
    carries no key is always to be done."""
    if FIELD not in request.POST:
        return True
    form, chosen = _form_of(request, model), [request.POST.get("action", ""), *request.POST.getlist("_selected_action")]
    form = replace(form, key=f"{form.key}-{sha256(','.join(chosen).encode()).hexdigest()[:16]}")
    try:
        with atomic(using=form.database):
            form.keep(Outcome(address=request.get_full_path()))
    except SentMeanwhileError:
        return False
    return True


def _form_of(request: HttpRequest, model: type[Model]) -> SentForm:
    """The key counts for one person; its outcome is kept beside the model's rows."""
    user: Any = request.user
    home = router.db_for_write(model)
    return SentForm(name=model._meta.label, caller_id=user.pk, key=key_of(request), database=home)
