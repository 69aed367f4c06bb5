"""Files of open loans from other systems."""

from django.contrib import admin

from kernel.importing.staff.imports import ImportAdmin
from lending.models import LoanImport


@admin.register(LoanImport)
class LoanImportAdmin(ImportAdmin):
    """Imports of open loans. None of them is ever in doubt."""

    kind_name = "loans"
    permission = "lending.import_loans"
