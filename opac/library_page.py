"""The library's own words, as each process remembers them."""

import logging
import time

from django.db import DatabaseError

from kernel.storage.databases import is_out_of_reach
from opac.models import LibraryPage

logger = logging.getLogger(__name__)
REMEMBERED = 10.0
"""Seconds after which another process has heard of a change."""
UNNAMED = LibraryPage(name_ko="도서관", name_en="Library")
_known: dict[str, tuple[float, LibraryPage]] = {}


def library_page() -> LibraryPage:
    """The library's own words. While the database is away, those that were known last."""
    until, page = _known.get("page", (0.0, UNNAMED))
    if time.monotonic() < until:
        return page
    try:
        page = LibraryPage.objects.first() or UNNAMED
    except DatabaseError as error:
        if not is_out_of_reach(error):
            raise
        logger.warning("the library's own words can't be read, so those known last are shown")
    _known["page"] = (time.monotonic() + REMEMBERED, page)
    return page


def words_of(page: LibraryPage) -> tuple[object, ...]:
    """All that it says, to be compared."""
    return tuple(getattr(page, field.attname) for field in page._meta.concrete_fields)


def library_name() -> str:
    """The library's name in the active language, for what is sent to people."""
    return library_page().name


def forget_library_page() -> None:
    """Reads them anew at the next look: somebody has changed them."""
    _known.clear()
