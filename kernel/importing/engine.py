"""The engine: goes through a file in batches, from where it was when it stopped last. Undoing goes on in the same way.

Whoever calls it holds the import's lease, and the import says what there is to do: taking in or undoing.
"""

import logging
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from django.db import DatabaseError
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kernel.importing.batches import BATCH, Work, batches, settle, take_batch, write_entries
from kernel.importing.leases import LeaseLostError, release_lease, renew_lease, row_of
from kernel.importing.models import Doubt, Import
from kernel.importing.queries import open_doubts_of
from kernel.importing.records import CannotImportError
from kernel.importing.uploads import drop_upload
from kernel.observability.tracing import Trace, tracing
from kernel.storage.databases import after_commit_in, atomic_in, database_of, is_out_of_reach
from kernel.storage.postgresql.counting import count_all
from kernel.storage.retries import with_retries

MANY = 1_000
"""Records of an import behind which the database counts what is there."""
logger = logging.getLogger(__name__)
Status = Import.Status
Progress = Callable[[int], object]


def never() -> bool:
    """Not before it is done."""
    return False


def work_on(
    work: Work, file: Callable[[], Path], *, should_pause: Callable[[], bool] = never, progress: Progress = bool
) -> None:
    """Goes on with an import until it is done, broken off or stopped, or until it should pause; then its lease ends.

    Every event carries the import's correlation id, who started it and the door. What went wrong stands in
    `Import.error`, and the import can be resumed. Raises `DatabaseError` when the database is out of reach: then the
    import goes on when its lease has ended.
    """
    run = work.run
    is_reverting = run.status == Status.REVERTING
    trace = Trace(run.correlation_id, by=run.reverted_by if is_reverting else run.by, via=run.via)
    steps = _take_back(work) if is_reverting else _take_in(work, file)
    with tracing(trace), translation.override(run.language or translation.get_language()):
        try:
            for size in steps:
                progress(size)
                if should_pause() or not _is_going_on(run):
                    release_lease(run)
                    return
        except LeaseLostError:
            logger.warning("another worker has taken the import %s up", run.pk)
        except (CannotImportError, OSError) as error:
            _end(work, Status.FAILED, error=str(error))
        except Exception as error:
            if isinstance(error, DatabaseError) and is_out_of_reach(error):
                raise
            logger.exception("the import %s broke off", run.pk)
            sentence = _("It broke off behind record %(position)s, by a fault of the library: %(error)s")
            _end(work, Status.FAILED, error=sentence % {"position": run.position, "error": _first_line(error)})
        else:
            _end(work, Status.REVERTED if is_reverting else Status.DONE)


def fail(work: Work, sentence: str | Promise) -> None:
    """Breaks an import off whose lease the caller holds."""
    with translation.override(work.run.language or translation.get_language()):
        _end(work, Status.FAILED, error=str(sentence) % {"position": work.run.position})


def _take_in(work: Work, file: Callable[[], Path]) -> Iterator[int]:
    """Takes what is behind the import's position, and yields the size of each batch."""
    run, kind, path = work.run, work.kind, file()
    if not run.expected:
        run.expected = kind.expected(path, run.options)
        row_of(run).update(expected=run.expected)
    for batch in batches(kind.read(path, run.options, run.position)):
        take_batch(work, batch)
        yield len(batch)
    if not run.position:
        raise CannotImportError(_("The file holds no record that could be read as one."))
    settle(work)


def _take_back(work: Work) -> Iterator[int]:
    """Takes back what the import did, and yields how many things each batch was about."""
    while looked_at := with_retries(partial(_take_back_a_batch, work)):
        work.run.reverted += looked_at
        yield looked_at


def _take_back_a_batch(work: Work) -> int:
    now, run = work.clock(), work.run
    with atomic_in(work.kind.context):
        looked_at, kept = work.kind.undo(run, BATCH, now)
        write_entries(run, kept)
        until = now + work.lease
        renew_lease(run, reverted=run.reverted + looked_at, lease_until=until)
    run.lease_until = until
    return looked_at


def _is_going_on(run: Import) -> bool:
    return row_of(run).filter(status=run.status).exists()


def _end(work: Work, status: str, error: str = "") -> None:
    """The import ends so, unless somebody has stopped it meanwhile or taken it up."""
    run, now = work.run, work.clock()
    held = row_of(run).filter(lease_until=run.lease_until, status=run.status)
    if not held.update(status=status, error=error, ended_at=now, lease_until=None, attempts=0):
        release_lease(run)
        return
    if status == Status.REVERTED:
        open_doubts_of(run).update(decision=Doubt.Decision.ASIDE, decided_by=run.reverted_by, decided_at=now)
    if status in (Status.DONE, Status.REVERTED):
        after_commit_in(work.kind.context, partial(drop_upload, run.stored_as))
        row_of(run).update(stored_as="")
    run.refresh_from_db()
    if run.position >= MANY:
        count_all(database_of(work.kind.context))


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".strip().partition("\n")[0]
