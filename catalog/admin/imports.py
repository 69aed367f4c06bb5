"""Files of books from other systems, what is in doubt about them, and files of barcodes scanned in stocktakings."""

from django.contrib import admin

from catalog.models import BookDoubt, BookImport, StocktakingFile
from kernel.importing.staff.doubts import DoubtAdmin
from kernel.importing.staff.imports import ImportAdmin

KIND = "books"
PERMISSION = "catalog.import_books"


@admin.register(BookImport)
class BookImportAdmin(ImportAdmin):
    """Imports of books."""

    kind_name = KIND
    permission = PERMISSION
    doubts = BookDoubt


@admin.register(BookDoubt)
class BookDoubtAdmin(DoubtAdmin):
    """Doubts about books."""

    kind_name = KIND
    permission = PERMISSION


@admin.register(StocktakingFile)
class StocktakingFileAdmin(ImportAdmin):
    """Files of barcodes. None of their numbers is ever in doubt."""

    kind_name = "stocktaking"
    permission = "catalog.change_stocktaking"
