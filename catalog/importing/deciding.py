"""What somebody decides about a record in doubt."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.importing.fitting import digest_of, read_again, said_of
from catalog.importing.identity import Verdict
from catalog.importing.taking import Taking
from catalog.models import Book, SourceRecord
from kernel.importing.models import Doubt
from kernel.refusals import Refused


class BookGone(Refused):
    code = "book_gone"
    sentence = gettext_lazy(
        "The book that the record was compared with is withdrawn: take it for another, or set it aside."
    )


def decide(doubt: Doubt, decision: str, now: datetime) -> str:
    """Carries the decision out within the caller's transaction, and says what came of it. Raises `BookGone`.

    The same: the record is a further word about the book, which fills in what the book lacks, and brings its copies.
    Another: it becomes a book of its own; an ISBN that the other one has is kept beside (`other_isbns`).
    Set aside: it is not taken, now or when its file comes again.
    """
    record = read_again(doubt.record)
    if decision == Doubt.Decision.ASIDE:
        _set_aside(doubt, said_of(record))
        return _("The record was set aside.")
    verdict = Verdict.SAME if decision == Doubt.Decision.SAME else Verdict.ANOTHER
    try:
        Taking(doubt.run, [record], now, decided=(doubt.subject, verdict)).taken()
    except Book.DoesNotExist as error:
        raise BookGone from error
    if verdict is Verdict.SAME:
        return _("The record is taken for the same book.")
    return _("The record came in as a book of its own.")


def _set_aside(doubt: Doubt, word: dict[str, Any]) -> None:
    """Remembers the record; where a book has its number, beside what is known of that book."""
    aside = {"book": None, "said": word, "first_import": doubt.run_id}
    source, is_new = SourceRecord.objects.select_for_update(of=("self",)).get_or_create(key=doubt.key, defaults=aside)
    if is_new:
        return
    if source.book_id is None:
        source.said = word
    else:
        source.twins = list(dict.fromkeys([*source.twins, digest_of(word)]))
    source.save(update_fields=["said", "twins"])
