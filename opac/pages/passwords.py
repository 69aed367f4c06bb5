"""A forgotten password: asking for a link by mail, and choosing another one by it."""

from functools import partial
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.hashing import hash_password
from accounts.mail.outbox import mail_is_configured
from accounts.models import User
from accounts.passwords.services import AskedTooOften, LinkUsed, ask_for_link, choose_password
from kernel.http.client_address import address_of
from kernel.storage.retries import with_retries
from opac.card_forms import ChoosePassword, Forgotten
from opac.site import View, page, shown


@page
def forgotten(request: HttpRequest) -> HttpResponse:
    """Asks for a mail with a link. The answer is the same whether anybody has that card or not."""
    can_mail, status = mail_is_configured(), 200
    form = Forgotten(request.POST if request.method == "POST" and can_mail else None)
    if form.is_valid():
        ask = partial(ask_for_link, **form.cleaned_data, address=address_of(request) or "")
        try:
            with_retries(partial(ask, now=timezone.now()))
        except AskedTooOften as refusal:
            form.add_error(None, str(refusal))
            status = 429
        else:
            messages.success(
                request,
                _(
                    "If there is an email address for this card, a mail with a link is on its way to it. The link can "
                    "be used within an hour. If no mail comes, please ask at the desk."
                ),
            )
            return HttpResponseRedirect(reverse("opac:forgotten_password"))
    return shown(request, "password_forgotten.html", {"form": form, "can_mail": can_mail}, status=status)


class ResetPage(PasswordResetConfirmView):
    """Choosing a password by a link. Django's page takes the secret out of the address at the first look, keeps it in
    the session, and is not cached."""

    template_name = "opac/password_reset.html"
    form_class: Any = ChoosePassword

    def form_valid(self, form: Any) -> HttpResponse:
        """Gives the person the password, once."""
        hashed = hash_password(form.cleaned_data["new_password"])
        token = self.request.session.pop(INTERNAL_RESET_SESSION_TOKEN)
        choose = partial(choose_password, person_id=form.user.pk, token=token, password=hashed)
        try:
            with_retries(partial(choose, now=timezone.now()))
        except LinkUsed as refusal:
            if not _is_password_of(form.user, form.cleaned_data["new_password"]):  # it was not this form, sent twice
                messages.error(self.request, str(refusal))
                return HttpResponseRedirect(reverse("opac:forgotten_password"))
        logout(self.request)  # somebody else may be signed in, whose pages would be shown
        messages.success(self.request, _("Your password is changed. Please sign in with it."))
        return HttpResponseRedirect(reverse("opac:sign_in"))


def _is_password_of(person: User, password: str) -> bool:
    return User.objects.get(pk=person.pk).check_password(password)


reset = page(cast(View, ResetPage.as_view()))
