"""The files of imports: uploaded ones lie in the default storage while they are needed, others stay where they are."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.importing.leases import GOING_ON
from kernel.importing.models import Import
from kernel.importing.records import CannotImportError
from kernel.refusals import Refused

FOLDER = "imports"
LARGEST = 500 * 2**20
CHUNK = 2**20
LONGEST_ENDING = 10


class FileTooLarge(Refused):
    code = "file_too_large"
    sentence = gettext_lazy(
        "The file has %(megabytes)s MB, and at most %(most)s MB can be uploaded: split it, or have it taken in by the "
        "command on the library's own machine."
    )


def digest_of(file: Path) -> str:
    """The SHA-256 of a file, read piece by piece. Raises `OSError`."""
    with file.open("rb") as opened:
        return _digest(iter(lambda: opened.read(CHUNK), b""))


def keep_upload(file: "File[Any]") -> tuple[str, str]:
    """Keeps an uploaded file; returns its SHA-256, and where it is kept. Raises `FileTooLarge`."""
    if file.size > LARGEST:
        raise FileTooLarge(megabytes=-(-file.size // 2**20), most=LARGEST // 2**20)
    digest = _digest(file.chunks(CHUNK))
    ending = Path(str(file.name)).suffix[:LONGEST_ENDING].lower()
    file.seek(0)
    return digest, default_storage.save(f"{FOLDER}/{digest}{ending}", file)


def path_of(run: Import) -> Path:
    """Where a worker reads the file. Raises `CannotImportError` when it is not kept, or not any more."""
    if not run.stored_as or not default_storage.exists(run.stored_as):
        raise CannotImportError(_("The file is not kept here any more: upload it again."))
    return Path(default_storage.path(run.stored_as))


def drop_upload(stored_as: str) -> None:
    """Forgets an uploaded file that is not needed any more, if there is one."""
    if stored_as:
        default_storage.delete(stored_as)


def drop_old_uploads(alias: str, before: datetime) -> int:
    """Forgets the files of imports that nobody has started, or gone on with, since that moment; returns how many.

    An import that was never started goes with its file.
    """
    old = Import.objects.using(alias).exclude(stored_as="").exclude(status__in=GOING_ON)
    runs = list(old.alias(left_at=Coalesce("ended_at", "created_at")).filter(left_at__lt=before))
    for run in runs:
        drop_upload(run.stored_as)
        if run.status == Import.Status.UPLOADED:
            run.delete()
        else:
            run.stored_as = ""
            run.save(update_fields=["stored_as"])
    return len(runs)


def _digest(chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()
