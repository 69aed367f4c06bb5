"""Imports of patrons from tables that tests write."""

import json
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import CommandError, call_command

from accounts.importing.kind import PATRONS
from accounts.models import PatronDoubt, User
from kernel.importing.queries import imports_of

HEADING = "대출자번호,이름,E_MAIL,휴대폰,직급,생년월일,비고"


def a_table(folder: Path, *rows: str, heading: str = HEADING, encoding: str = "cp949") -> Path:
    """A file with these rows."""
    path = folder / "patrons.csv"
    path.write_bytes("\n".join([heading, *rows, ""]).encode(encoding))
    return path


def imported(path: Path, **options: Any) -> dict[str, Any]:
    """What the report says after an import."""
    report = path.with_name("report.json")
    with suppress(CommandError):
        call_command("import_patrons", str(path), report=report, stdout=StringIO(), **options)
    return json.loads(report.read_text("utf-8"))


def figures(report: dict[str, Any]) -> tuple[int, ...]:
    """Read, added, updated, unchanged, skipped, in doubt."""
    return tuple(report[name] for name in ("read", "added", "updated", "unchanged", "skipped", "doubts"))


def reasons(report: dict[str, Any]) -> list[tuple[int, str]]:
    """The number and the reason of each thing that has one."""
    return [(entry["number"], entry["reason"]) for entry in report["records"] if entry["reason"]]


def undone() -> str:
    """What undoing the last import says."""
    run, said = imports_of(PATRONS).latest("pk"), StringIO()
    call_command("undo_import", str(run.pk), kind="patrons", stdout=said)
    return said.getvalue()


def the_doubt() -> PatronDoubt:
    """What is to be decided."""
    return PatronDoubt.objects.get(decision="")


def patron(number: str) -> User:
    """Who has that card."""
    return User.objects.get(card_number=number)
