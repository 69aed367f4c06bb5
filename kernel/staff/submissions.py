"""A form that is sent twice is saved once: each page with a form carries a key, kept with what was saved under it."""

import uuid
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, router
from django.db.models import Model
from django.http import HttpRequest, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.http.models import KeptAnswer

FIELD = "form_key"
SAVED_BEFORE = _("This form was saved before, and this is what was saved then. Nothing was saved a second time.")


class SavedMeanwhileError(Exception):
    """The same form was saved while this one was being saved."""


def key_of(request: HttpRequest) -> str:
    """The key of the page: the one that was sent, or a new one."""
    return request.POST.get(FIELD, "")[:64] or str(uuid.uuid4())


def saved_before(request: HttpRequest, model: type[Model]) -> HttpResponseRedirect | None:
    """Leads to what was saved under the form's key, and says so; None where nothing was."""
    if request.method != "POST" or FIELD not in request.POST:
        return None
    kept = KeptAnswer.objects.using(router.db_for_write(model)).filter(**_identity(request, model)).first()
    if kept is None:
        return None
    messages.warning(request, SAVED_BEFORE)
    return HttpResponseRedirect(kept.headers["Location"])


def keep(request: HttpRequest, saved: Model, address: str) -> None:
    """Keeps where the saved thing is, in the transaction that saved it. Raises `SavedMeanwhileError`."""
    if FIELD not in request.POST:
        return
    model = type(saved)
    row = KeptAnswer(**_identity(request, model), started_at=timezone.now(), status=302, headers={"Location": address})
    try:
        row.save(using=router.db_for_write(model))
    except IntegrityError as error:
        raise SavedMeanwhileError from error


def _identity(request: HttpRequest, model: type[Model]) -> dict[str, Any]:
    """The key counts for one person and one kind of form."""
    return {"caller_id": request.user.pk, "key": f"form:{key_of(request)}", "fingerprint": model._meta.label}
