"""Imports of patrons, and what is in doubt about them: the kernel's rows in the accounts' own database."""

from django.utils.translation import gettext_lazy as _

from kernel.importing.models import Doubt, Import


class PatronImport(Import):
    """An import of patrons, as its pages have it."""

    class Meta:
        proxy = True
        app_label = "accounts"
        verbose_name = _("import of patrons")
        verbose_name_plural = _("imports of patrons")
        default_permissions = ()


class PatronDoubt(Doubt):
    """A doubt about a patron who came in."""

    class Meta:
        proxy = True
        app_label = "accounts"
        verbose_name = _("doubt about a patron")
        verbose_name_plural = _("doubts about patrons")
        default_permissions = ()
