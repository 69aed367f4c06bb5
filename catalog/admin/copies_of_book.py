"""The copies on the page of their book."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from catalog.admin.withdrawn import FOR_LOAN, desk_links, may_see_the_desk, where_shown
from catalog.models import Copy
from kernel.staff.inlines import ReadOnlyInline


class CopiesOfBook(ReadOnlyInline):
    """The copies on the shelf or on loan."""

    model = Copy
    fields: ClassVar[Any] = (
        "opened",
        "where",
        "desk_links",
        "type",
        FOR_LOAN,
        "shelving_mark",
        "volume",
        "copy_number",
        "price",
    )
    readonly_fields = ("opened", "where", "desk_links", FOR_LOAN)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Links to lending's pages for those who may see them."""
        return [name for name in self.fields if name != "desk_links" or may_see_the_desk(request)]

    @admin.display(description=_("where"))
    def where(self, copy: Copy) -> str:
        """Where it is, and its condition."""
        return where_shown(copy)

    @admin.display(description=_("at the desk"))
    def desk_links(self, copy: Copy) -> str:
        """Who has it, its marks, and what became of it."""
        return desk_links(copy)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Copy]:
        """Without the withdrawn ones."""
        return super().get_queryset(request).filter(withdrawn_at=None)
