"""How long commands show that they work."""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def progress_bar(label: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar on standard error that is moved on by calling what this yields; silent when that is no terminal.

    What is loaded by now is left alone by the garbage collector until the end: a sweep over a hundred thousand rows had
    it looked through again and again, a seventh of its processor time.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(label, total=total)
        is_first = not gc.get_freeze_count()
        gc.freeze()
        try:
            yield lambda steps: progress.advance(task, steps)
        finally:
            if is_first:
                gc.unfreeze()
