"""Running an import, and reading what it reports."""

import json
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management import CommandError, call_command


def imported(path: Path, **options: Any) -> dict[str, Any]:
    """What the report says after an import."""
    report = path.with_name("report.json")
    with suppress(CommandError):
        call_command("import_books", str(path), report=report, stdout=StringIO(), **options)
    return json.loads(report.read_text("utf-8"))


def figures(report: dict[str, Any]) -> tuple[int, ...]:
    """Read, added, updated, unchanged, skipped."""
    return tuple(report[name] for name in ("read", "added", "updated", "unchanged", "skipped"))


def reasons(report: dict[str, Any]) -> list[tuple[int, str]]:
    """The number and the reason of each thing told."""
    return [(entry["number"], entry["reason"]) for entry in report["records"]]
