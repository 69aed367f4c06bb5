"""Imports of books, what is in doubt about them, and files of scanned barcodes: the kernel's rows in the catalogue's
own database."""

from django.utils.translation import gettext_lazy as _

from kernel.importing.models import Doubt, Import


class BookImport(Import):
    """An import of books, as its pages have it."""

    class Meta:
        proxy = True
        app_label = "catalog"
        verbose_name = _("import of books")
        verbose_name_plural = _("imports of books")
        default_permissions = ()


class BookDoubt(Doubt):
    """A doubt about a book that came in."""

    class Meta:
        proxy = True
        app_label = "catalog"
        verbose_name = _("doubt about a book")
        verbose_name_plural = _("doubts about books")
        default_permissions = ()


class StocktakingFile(Import):
    """A file of barcodes that were scanned in a stocktaking."""

    class Meta:
        proxy = True
        app_label = "catalog"
        verbose_name = _("file of a stocktaking")
        verbose_name_plural = _("files of stocktakings")
        default_permissions = ()
