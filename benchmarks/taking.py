"""`benchmarks/taking.py FILE OPTIONS STEP...`: a file is taken into the empty database at `DATABASE_URL`.

`python -m benchmarks.importing` runs it, from the folder of any build since 0.2.0; it uses commands only.
It prints the processor time of each step, and the memory before and at most, as JSON.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable

import django

django.setup()

from django.core.management import CommandError, call_command, get_commands  # noqa: E402

SOME_LOST = 3


def main(file: str, options: str, *steps: str) -> None:
    """Does the steps, one after the other."""
    taking = _command("import_books", file, **json.loads(options))
    indexing = _command("rebuild_search") if "rebuild_search" in get_commands() else lambda: None
    ways = {"first": taking, "again": taking, "index": indexing}
    before = _memory()
    seconds = {step: _timed(ways[step]) for step in steps}
    print(json.dumps({"seconds": seconds, "memory": [before, _memory()]}))


def _command(name: str, *words: str, **options: object) -> Callable[[], None]:
    def run() -> None:
        with open(os.devnull, "w") as nowhere:
            try:
                call_command(name, *words, **options, stdout=nowhere, stderr=nowhere)
            except CommandError as error:
                if error.returncode != SOME_LOST:
                    raise

    return run


def _timed(work: Callable[[], None]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _memory() -> float:
    """The most that this process has had resident, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


if __name__ == "__main__":
    main(*sys.argv[2:])  # behind "-c" and this file
