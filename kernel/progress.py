"""How long commands show that they work."""

import gc
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


@contextmanager
def progress_bar(label: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar on standard error that is moved on by calling what this yields; silent when that is no terminal.

    Whoever is told to stop meanwhile, by Ctrl-C or SIGTERM, takes away what is half done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty())
    with bar as progress, _loaded_is_no_garbage(), _stops_in_order():
        task = progress.add_task(label, total=total)
        yield lambda steps: progress.advance(task, steps)


@contextmanager
def _loaded_is_no_garbage() -> Iterator[None]:
    """In the block the garbage collector leaves alone what is there: a sweep over a hundred thousand rows had it looked
    through again and again, a tenth of its processor time. A process that has frozen more keeps that."""
    is_first = not gc.get_freeze_count()
    gc.freeze()
    try:
        yield
    finally:
        if is_first:
            gc.unfreeze()


@contextmanager
def _stops_in_order() -> Iterator[None]:
    """In the block SIGTERM is an exit, as Ctrl-C is. At once it left half an archive, or a copy of everything."""
    if current_thread() is not main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda number, _frame: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)
