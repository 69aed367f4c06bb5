"""Signing in and out."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from opac.forms import SignIn
from opac.site import View, may_have_pages, page


class SignInPage(LoginView):
    """Signing in by card number and password; then back to the page that wanted it, else to one's own page.

    Staff who come by themselves are led to the staff side.
    """

    template_name = "opac/sign_in.html"
    form_class = SignIn

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Who is signed in need not do it again."""
        if request.method == "GET" and may_have_pages(request.user):
            return redirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def get_default_redirect_url(self) -> str:
        """Where somebody goes who came here by no other page."""
        user: Any = self.request.user
        return reverse("admin:index" if user.is_staff else "opac:me")

    def form_valid(self, form: Any) -> HttpResponse:
        """Signs in; from now on pages are in the person's own language."""
        response = super().form_valid(form)
        language = form.get_user().language
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
        return response


@page
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    logout(request)
    messages.success(request, _("You are signed out."))
    return HttpResponseRedirect(reverse("opac:front"))


sign_in = page(cast(View, SignInPage.as_view()))
