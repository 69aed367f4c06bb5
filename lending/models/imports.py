"""Imports of open loans: the kernel's rows in lending's own database."""

from django.utils.translation import gettext_lazy as _

from kernel.importing.models import Import


class LoanImport(Import):
    """An import of open loans, as its pages have it."""

    class Meta:
        proxy = True
        app_label = "lending"
        verbose_name = _("import of loans")
        verbose_name_plural = _("imports of loans")
        default_permissions = ()
