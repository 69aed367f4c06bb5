"""What a librarian or a command does with an import: start, resume, stop and undo it, and decide its doubts."""

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.core.files import File
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kernel.eventbus.delivery.dispatch import enqueue
from kernel.importing.kinds import Kind
from kernel.importing.leases import row_of
from kernel.importing.models import Doubt, Import
from kernel.importing.uploads import digest_of, keep_upload
from kernel.refusals import Refused
from kernel.storage.databases import after_commit_in, atomic_in, database_of

Status = Import.Status
TASK = "kernel.importing.tasks.go_on_with_imports"
RESUMABLE = (Status.UPLOADED, Status.STOPPED, Status.FAILED)
UNDOABLE = (Status.STOPPED, Status.FAILED, Status.DONE)


class NotNow(Refused):
    code = "not_now"
    sentence = _("That can't be done with an import that is in this state: %(status)s.")


class DecidedAlready(Refused):
    code = "decided_already"
    sentence = _("That was decided already.")


def start_import(
    *,
    kind: Kind,
    file: "Path | File[Any]",
    options: Mapping[str, Any],
    by: int | None,
    via: str,
    now: datetime,
    expected: int = 0,
) -> Import:
    """A new import of an uploaded file, which is kept, or of a file that stays where it is. Nothing is taken in yet.

    `expected` is about how many records it has, where they are counted already. Raises `FileTooLarge`, and `OSError`
    for a file that can't be read.
    """
    digest, stored_as = (digest_of(file), "") if isinstance(file, Path) else keep_upload(file)
    name = Path(str(file.name)).name[-255:]
    return Import.objects.using(database_of(kind.context)).create(
        kind=kind.name,
        file_name=name,
        digest=digest,
        stored_as=stored_as,
        options=dict(options),
        expected=expected,
        by=by,
        via=via,
        language=get_language() or "",
        created_at=now,
    )


def change_options(run: Import, *, options: Mapping[str, Any]) -> None:
    """Reads the file in another way, before anything of it was taken in. Raises `NotNow`."""
    _move(run, [Status.UPLOADED], options=dict(options))


def resume_import(run: Import, *, kind: Kind) -> None:
    """Begins, or goes on from where it was; for an uploaded file a worker does it. Raises `NotNow`."""
    with atomic_in(kind.context):
        _move(run, RESUMABLE, status=Status.RUNNING, error="", ended_at=None, attempts=0)
        _wake(run, kind)


def stop_import(run: Import, *, now: datetime) -> None:
    """Stops behind the batch that is being taken in. Raises `NotNow`."""
    _move(run, [Status.RUNNING], status=Status.STOPPED, ended_at=now)


def undo_import(run: Import, *, kind: Kind, by: int | None, via: str) -> None:
    """Takes back what the import did, as far as nothing has happened to it since; a worker does it. Raises `NotNow`."""
    with atomic_in(kind.context):
        undoing = {"status": Status.REVERTING, "reverted_by": by, "via": via}
        _move(run, UNDOABLE, error="", ended_at=None, attempts=0, **undoing)
        after_commit_in(kind.context, partial(enqueue, TASK))


def decide_doubt(doubt_id: int, *, kind: Kind, decision: str, by: int | None, now: datetime) -> str:
    """Decides whether a record is about what is here, or is set aside; returns a sentence about what came of it.

    Raises `Doubt.DoesNotExist`, `DecidedAlready`, `NotNow`, and what the kind refuses.
    """
    with atomic_in(kind.context):
        doubts = Doubt.objects.using(database_of(kind.context)).select_for_update(of=("self",)).select_related("run")
        doubt = doubts.get(pk=doubt_id, run__kind=kind.name)
        if doubt.decision != Doubt.Decision.OPEN:
            raise DecidedAlready
        if doubt.run.status in (Status.REVERTING, Status.REVERTED):
            raise NotNow(status=doubt.run.get_status_display())

        sentence = kind.decide(doubt, decision, now)
        doubt.decision, doubt.decided_by, doubt.decided_at = decision, by, now
        doubt.save(update_fields=["decision", "decided_by", "decided_at"])
        return sentence


def _wake(run: Import, kind: Kind) -> None:
    if run.stored_as:
        after_commit_in(kind.context, partial(enqueue, TASK))


def _move(run: Import, states: Collection[str], **values: Any) -> None:
    """From one of these states, in one statement: of two people who ask at the same moment, one is refused."""
    moved = row_of(run).filter(status__in=states).update(**values)
    run.refresh_from_db()
    if not moved:
        raise NotNow(status=run.get_status_display())
