"""Many records go through the engine in the memory of a few: a million in that of a hundred thousand."""

from pathlib import Path

import pytest

from kernel.importing.queries import imports_of
from tests.importing.titles import KIND_PATH, TITLES
from tests.processes import run

RECORDS = 100_000
GROWTH = 10
"""Megabytes; a million records were measured to take no more (docs/decisions/0020)."""
CHILD = f"""
import resource, sys, time
from dataclasses import replace
import django
from django.conf import settings
django.setup()
settings.IMPORTS = ["{KIND_PATH}"]
from kernel.importing.kinds import Taken, kinds
kinds.cache_clear()
tiny = replace(kinds()["books"], take=lambda run, batch, now: Taken(added=len(batch)))
kinds.cache_clear()
import tests.importing.titles
tests.importing.titles.TITLES = tiny
from django.core.management import call_command
before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
call_command("import_books", sys.argv[1])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(f"{{time.monotonic() - began:.1f}} s, {{before // 1024}} MB before; MB more:", (peak - before) // 1024)
"""


@pytest.mark.django_db(transaction=True)
def test_many_records_take_no_more_memory_than_a_few(tmp_path: Path) -> None:
    path = tmp_path / "many.txt"
    with path.open("w") as file:
        file.writelines(f"title {number}\n" for number in range(RECORDS))
    done = run("-c", CHILD, str(path))
    assert done.returncode == 0, done.stderr
    print(done.stdout)
    assert imports_of(TITLES).get().added == RECORDS
    assert int(done.stdout.split()[-1]) < GROWTH
