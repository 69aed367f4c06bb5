"""One archive: a zip file with the dump of each database, the exchanged files, and a manifest that vouches for them."""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Any

MANIFEST = "manifest.json"
FORMAT = 1
CHUNK = 1 << 20
BEGINNING = b"PK\x03\x04"
"""Of a zip file with something in it."""
OF_A_MANIFEST = {"format", "version", "written_at", "databases", "members"}
"""What the manifest of a backup has, whichever its format."""
ENCRYPTED_OR_UNKNOWN = RuntimeError
"""What is raised for a member that takes a password, or is compressed in a way that is unknown here."""
DAMAGED = (zipfile.BadZipFile, zipfile.zlib.error, EOFError, KeyError)  # type: ignore[attr-defined]
SHIPPED = {"postgresql": "dump", "sqlite": "sqlite3"}
"""How the member of a database is called, by its kind."""


class BackupFault(Exception):
    """What an operator reads when a backup or a restore can't be done: what is wrong, and what helps."""


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A new file that only its owner may read. It gets its name once all of it is on the disk, or is never there."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)  # of one who was killed
    try:
        with open(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """The names in it outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def chunks_of(file: IO[bytes]) -> Iterator[bytes]:
    """All that is left of a file, in pieces."""
    while chunk := file.read(CHUNK):
        yield chunk


def member_of(alias: str, kind: str) -> str:
    """The name under which a database's dump is in the archive."""
    return f"databases/{alias}.{SHIPPED[kind]}"


class Packer:
    """Writes an archive, member by member, and the manifest last."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._members: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> "Packer":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with suppress(OSError, ValueError) if error else nullcontext():  # nobody wants the end of a file that failed
            self._zip.close()

    def add(self, name: str, chunks: Iterable[bytes], *, packed: bool = False) -> None:
        """One member; what is `packed` already is stored as it is."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        digest, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=True) as member:
            for chunk in chunks:
                member.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        self._members[name] = {"bytes": size, "sha256": digest.hexdigest()}

    def finish(self, values: dict[str, Any]) -> None:
        """Writes what the manifest tells besides the members."""
        manifest = {"format": FORMAT, **values, "members": self._members}
        self._zip.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))


class Archive:
    """An archive that is read. Whatever is wrong with the file raises `BackupFault`."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
            self.manifest: dict[str, Any] = json.loads(self._zip.read(MANIFEST))
        except IsADirectoryError as fault:
            newest = max(path.glob("library-*.zip"), default=Path("library-….zip"))
            raise BackupFault(f"{path} is a folder: name an archive in it, such as {newest.name}.") from fault
        except OSError as fault:
            raise BackupFault(f"{path} can't be read: {fault.strerror or fault}.") from fault
        except ENCRYPTED_OR_UNKNOWN as fault:
            raise BackupFault(f"{path} can't be unpacked: {fault}. Decrypt it first, as it was written.") from fault
        except (zipfile.BadZipFile, KeyError, ValueError) as fault:
            if not _begins_as_archive(path):
                raise BackupFault(
                    f"{path} is no archive of ./manage.py backup. One that was encrypted or packed elsewhere is to be "
                    "decrypted or unpacked first."
                ) from fault
            raise BackupFault(f"{path} is no whole backup: it is damaged or cut off ({fault}).") from fault
        if not (isinstance(self.manifest, dict) and self.manifest.keys() >= OF_A_MANIFEST):
            raise BackupFault(f"{path} is no backup of a library: its {MANIFEST} is of something else.")
        if self.manifest["format"] != FORMAT:
            raise BackupFault(f"{path} is of a newer version: restore it with the version that wrote it.")

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._zip.close()

    @property
    def members(self) -> dict[str, dict[str, Any]]:
        """The size and the digest of each member, by its name."""
        members: dict[str, dict[str, Any]] = self.manifest["members"]
        return members

    @property
    def files(self) -> list[str]:
        """The exchanged files, as paths below their folder. Raises `BackupFault` for one that leads elsewhere."""
        found = [name.removeprefix("files/") for name in self.members if name.startswith("files/")]
        for name in found:
            path = PurePosixPath(name)
            if path.is_absolute() or not path.parts or ".." in path.parts or "\0" in name:
                raise BackupFault(f"The archive has a file whose name leads out of its folder: {name!r}.")
        return found

    def check(self, name: str) -> None:
        """Reads a member to its end. Raises `BackupFault` when it is not what was written."""
        for _ in self.read(name):
            pass

    def read(self, name: str) -> Iterator[bytes]:
        """A member in pieces. Raises `BackupFault`, at the end at the latest, when it is not what was written."""
        digest, written = hashlib.sha256(), self.members[name]
        try:
            with self._zip.open(name) as member:
                for chunk in chunks_of(member):
                    digest.update(chunk)
                    yield chunk
        except (*DAMAGED, ENCRYPTED_OR_UNKNOWN) as fault:
            raise BackupFault(f"The archive is damaged: {name} can't be read ({fault}).") from fault
        if digest.hexdigest() != written["sha256"]:
            raise BackupFault(f"The archive is damaged: {name} is not what was written.")


def _begins_as_archive(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(BEGINNING)) == BEGINNING
