"""People and their cards as a Django app."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _

from accounts.sessions import limit_session


class AccountsConfig(AppConfig):
    name = "accounts"
    label = "accounts"
    verbose_name = _("people")

    def ready(self) -> None:
        """Whoever signs in, at whichever door, has a session that ends."""
        user_logged_in.connect(limit_session, dispatch_uid="accounts.sessions.limit_session")
