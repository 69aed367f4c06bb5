"""Files of books from other systems, and what is in doubt about them."""

from django.contrib import admin

from catalog.models import BookDoubt, BookImport
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
