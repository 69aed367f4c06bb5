"""What `manage.py restore` refuses before anything is touched."""

import json
import sqlite3
import zipfile
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from kernel.eventbus.models import Event
from library.operations.backups.archive import whole_file
from tests.operations.archives import (
    LOAD,
    NEEDS_PROGRAMS,
    refused,
    restored,
)
from tests.processes import run

pytestmark = NEEDS_PROGRAMS
LISTED = 46
"""Bytes before a member's name in the list at the end of a zip file."""


@pytest.mark.parametrize("damage", ["cut off", "a changed byte"])
def test_a_damaged_archive_is_refused_before_anything_is_touched(archive: Path, damage: str) -> None:
    content = bytearray(archive.read_bytes())
    if damage == "a changed byte":
        with zipfile.ZipFile(archive) as opened:
            content[opened.getinfo(opened.namelist()[0]).header_offset + 2_000] ^= 0xFF
    archive.write_bytes(content[: len(content) // 2] if damage == "cut off" else content)

    refused("damaged", "restore", archive, "--replace")


@pytest.mark.parametrize("content", [b"", b"Salted__", b"SQLite format 3\0", b"\x1f\x8b\x08"])
def test_what_is_no_archive_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "library.zip").write_bytes(content)

    refused("library.zip is no archive of ./manage.py backup", "restore", tmp_path / "library.zip", "--replace")


def test_of_a_folder_the_newest_archive_is_named(archive: Path) -> None:
    archive.with_name("library-20200101T000000-000000.zip").touch()

    refused(f"is a folder: name an archive in it, such as {archive.name}.", "restore", archive.parent, "--dry-run")


@pytest.mark.parametrize("manifest", ["[]", '"books"', '{"name": "another program\'s"}', '{"format": 1}'])
def test_an_archive_of_something_else_is_refused(tmp_path: Path, manifest: str) -> None:
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("manifest.json", manifest)

    refused("is no backup of a library", "restore", tmp_path / "other.zip", "--replace")


@pytest.mark.parametrize(("at", "value"), [(6, 0x01), (8, 99)], ids=["takes a password", "compressed otherwise"])
@pytest.mark.parametrize(("which", "why"), [(-1, "can't be unpacked"), (0, "is damaged")], ids=["manifest", "database"])
def test_an_archive_that_was_packed_anew_is_refused(archive: Path, at: int, value: int, which: int, why: str) -> None:
    content = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as opened:
        member, listed = opened.infolist()[which], opened.start_dir
    entry = content.index(member.filename.encode(), listed) - LISTED
    content[member.header_offset + at] = content[entry + at + 2] = value
    archive.write_bytes(content)

    refused(why, "restore", archive, "--replace")


def rewritten(archive: Path, change: Any) -> Path:
    """The same archive with another manifest, and what else `change` does."""
    told = archive.with_name("rewritten.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(told, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        for name in manifest["members"]:
            new.writestr(name, old.read(name))
        change(manifest, new)
        new.writestr("manifest.json", json.dumps(manifest))
    return told


def test_an_archive_of_a_newer_version_is_refused(archive: Path) -> None:
    def change(manifest: dict[str, Any], _: zipfile.ZipFile) -> None:
        manifest["databases"]["default"]["migrations"].append(["lending", "9999_holds"])

    refused(
        "lending 9999_holds is unknown here. Restore it with that version.",
        "restore",
        rewritten(archive, change),
        "--replace",
    )


def test_an_archive_of_another_kind_of_database_is_refused(archive: Path) -> None:
    def change(manifest: dict[str, Any], _: zipfile.ZipFile) -> None:
        manifest["databases"]["default"]["kind"] = "oracle"

    refused("The archive has default on oracle", "restore", rewritten(archive, change), "--replace")


@pytest.mark.parametrize("name", ["../outside.txt", "/tmp/outside.txt", "lists/../../outside.txt"])
def test_an_archive_can_not_write_outside_of_the_files_folder(archive: Path, name: str) -> None:
    def change(manifest: dict[str, Any], new: zipfile.ZipFile) -> None:
        new.writestr(f"files/{name}", b"")
        manifest["members"][f"files/{name}"] = {"bytes": 0, "sha256": sha256().hexdigest()}

    refused("leads out of its folder", "restore", rewritten(archive, change), "--replace")


def test_an_archive_can_not_write_through_a_link(archive: Path, settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "there"
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "lists").symlink_to(tmp_path / "here")

    refused("leads out of its folder", "restore", archive, "--replace")


def test_nothing_is_put_in_place_while_somebody_is_connected(archive: Path) -> None:
    connection.ensure_connection()
    done = restored(archive, "--replace")

    assert done.returncode == 1
    assert "stop web and worker first" in done.stderr
    assert Event.objects.exists()


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL keeps its log in the server")
def test_what_a_crash_left_beside_the_database_is_not_played_into_the_restored_one(
    archive: Path, elsewhere: dict[str, str]
) -> None:
    assert restored(archive, **elsewhere).returncode == 0
    place = Path(elsewhere["DATABASE_URL"].removeprefix("sqlite:///"))
    with closing(sqlite3.connect(place)) as session:
        kept = place.with_name("kept.sqlite3")
        kept.write_bytes(place.read_bytes())
        session.executescript("PRAGMA journal_mode=WAL; UPDATE accounts_user SET name = 'of the old library'")
        log = place.with_name(f"{place.name}-wal").read_bytes()
    place.unlink()
    place.with_name(f"{place.name}-wal").write_bytes(log)

    loaded = run("-c", LOAD, str(kept), **elsewhere, DJANGO_SETTINGS_MODULE="library.settings")
    assert loaded.returncode == 0, loaded.stderr

    with closing(sqlite3.connect(place)) as session:
        names = {name for (name,) in session.execute("SELECT name FROM accounts_user")}
    assert "of the old library" not in names
    assert len(names) == 2


def test_what_a_killed_backup_left_is_in_nobodys_way(tmp_path: Path) -> None:
    whole = tmp_path / "list.csv"
    (tmp_path / ".list.csv.part").write_text("half")
    with whole_file(whole) as file:
        file.write("소나기".encode())
    assert whole.read_text() == "소나기"
    assert [path.name for path in tmp_path.iterdir()] == ["list.csv"]
