"""Puts an archive in the place of what an installation has."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from kernel.command_line import counted
from kernel.eventbus.delivery.worker import deliver_round
from kernel.eventbus.models import Delivery, Event, Lease
from kernel.eventbus.registry import handler_names, home_of
from kernel.storage.databases import all_databases
from kernel.storage.postgresql.counting import count_all
from library.operations.backups.archive import Archive, BackupFault, member_of, whole_file
from library.operations.backups.moment import KINDS, kind_of

SKEW = timedelta(hours=1)
"""So far the workers' clocks may be off; what is delivered again for it has left a receipt."""
WAITING, DONE = Delivery.Status.WAITING, Delivery.Status.DONE


def check(archive: Archive, progress: Callable[[int], None]) -> None:
    """Raises `BackupFault` unless the archive is whole and belongs to an installation such as this one."""
    _check_kinds(archive)
    _check_migrations(archive)
    for name in archive.files:
        _place_of(name)
    for name in archive.members:
        archive.check(name)
        progress(1)


def in_the_way() -> list[str]:
    """What a restore would replace, in words; nothing in an installation that nobody has used yet."""
    found = []
    for alias in all_databases():
        tables = connections[alias].introspection.table_names()
        for model, words in ((get_user_model(), ("person", "people")), (Event, ("event", "events"))):
            if model._meta.db_table in tables and (count := model._default_manager.using(alias).count()):
                found.append(f"{counted(count, *words)} in {alias}")
    files = sum(path.is_file() for path in Path(settings.FILES_DIR).rglob("*"))
    return [*found, *([f"{counted(files, 'file', 'files')} in {settings.FILES_DIR}"] if files else [])]


def restore(archive: Archive, progress: Callable[[int], None]) -> None:
    """Puts the databases and files in place, each at one stroke, and migrates what is older.

    What was on its way between two databases when the backup was written is delivered. Raises `BackupFault`.
    """
    for alias in all_databases():  # before any is replaced
        KINDS[kind_of(alias)].refuse_others(alias)
    for alias, details in archive.manifest["databases"].items():
        rows = KINDS[details["kind"]].load(alias, archive.read(member_of(alias, details["kind"])))
        if differing := sorted(
            name for name in details["rows"].keys() | rows if details["rows"].get(name) != rows.get(name)
        ):
            raise BackupFault(f"The database {alias} is not what was written: {', '.join(differing)} differ.")
        progress(1)
    for name in archive.files:
        place = _place_of(name)
        place.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(place) as file:
            for chunk in archive.read(f"files/{name}"):
                file.write(chunk)
        progress(1)
    call_command("migrate", verbosity=0)
    for alias in all_databases():
        count_all(alias)
    deliver_what_was_on_its_way(datetime.fromisoformat(archive.manifest["written_at"]))


def deliver_what_was_on_its_way(since: datetime) -> None:
    """Effect and "done" in two databases may be of two moments: what was done since then is told again, and a handler
    that has heard of it has a receipt. Nobody holds a claim any more."""
    for alias in all_databases():
        here = Delivery.objects.using(alias)
        elsewhere = [name for name in handler_names() if home_of(name) != alias]
        here.filter(status=DONE, done_at__gte=since - SKEW, handler__in=elsewhere).update(status=WAITING, attempts=0)
        here.filter(status=WAITING).update(claim=None, not_before=None)
        Lease.objects.using(alias).all().delete()
    while deliver_round(timezone.now):
        pass


def _check_kinds(archive: Archive) -> None:
    written = {alias: details["kind"] for alias, details in archive.manifest["databases"].items()}
    here = {alias: kind_of(alias) for alias in all_databases()}
    if written != here:
        raise BackupFault(
            f"The archive has {_listed(written)}; this installation has {_listed(here)}. A backup goes back into the "
            "same kinds of database only: set DATABASE_URL and those of the contexts as they were."
        )


def _listed(kinds: dict[str, str]) -> str:
    return ", ".join(f"{alias} on {kind}" for alias, kind in kinds.items())


def _check_migrations(archive: Archive) -> None:
    known = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    written = {tuple(row) for details in archive.manifest["databases"].values() for row in details["migrations"]}
    if unknown := sorted(f"{app} {name}" for app, name in written - set(known)):
        raise BackupFault(
            f"The archive has tables of a newer version, or of more apps: {', '.join(unknown)} is unknown here. "
            "Restore it with that version."
        )


def _place_of(name: str) -> Path:
    folder = Path(settings.FILES_DIR).resolve()
    place = (folder / name).resolve()
    if folder not in place.parents:
        raise BackupFault(f"The archive has a file whose name leads out of its folder: {name!r}.")
    return place


def ends_of_log(archive: Archive) -> Iterator[str]:
    """Where the log of each database ends, for programs that had read further."""
    for alias, details in archive.manifest["databases"].items():
        yield f"{alias}: the log ends at position {details['last_event']['position'] or 0}"
