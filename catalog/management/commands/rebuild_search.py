"""`manage.py rebuild_search`: builds this machine's search index anew from the catalogue."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.models import Book
from catalog.search.index import folder, reader, writing
from catalog.search.upkeep import catch_up, rebuild
from kernel.progress import progress_bar

TIMEOUT = 600


class Command(BaseCommand):
    help = (
        "Builds this machine's search index anew from the catalogue. Searches use the one that there is until it is "
        "ready. Seldom needed: an index that is missing, broken or of an older release is built by the web process."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Builds it, once whoever writes to it has finished."""
        place, total = folder(), Book.objects.filter(withdrawn_at=None).count()
        try:
            with writing(place, wait=TIMEOUT) as held, progress_bar("rebuild_search", total) as progress:
                if not held:
                    raise CommandError(_("Another program writes to the search index: try again later."))
                state = catch_up(place, rebuild(place, progress))
            books = reader.searcher(place, state).num_docs
        except OSError as error:
            raise CommandError(_("The search index can't be written: %(why)s") % {"why": error}) from error
        self.stdout.write(
            ngettext(
                "%(count)s book is in the search index %(folder)s.",
                "%(count)s books are in the search index %(folder)s.",
                books,
            )
            % {"count": books, "folder": place}
        )
