"""The printed figures."""

from collections import Counter

from benchmarks.client import LOST, Load

HEAD = f"{'':28}{'count':>8}{'per second':>12}{'p50 ms':>9}{'p99 ms':>9}{'of live':>9}  answers"


class Table:
    """Prints its rows as they come; rates are also told as a part of the first row's."""

    def __init__(self, title: str) -> None:
        self.first = 0.0
        print(f"\n{title}\n\n{HEAD}", flush=True)

    def add(self, name: str, load: Load) -> None:
        """A row for calls over HTTP."""
        rate = len(load.taken) / load.elapsed
        self.first = self.first or rate
        share = f"{rate / self.first:.1%}"
        answers = f"{_told(load.statuses)} (client: {load.client_share:.0%} of a core)"
        self._print(name, load.taken, f"{rate:,.1f}", share, answers)

    def add_times(self, name: str, taken: list[float], elapsed: float = 0, note: str = "") -> None:
        """A row for times in seconds that were measured some other way."""
        rate = f"{len(taken) / elapsed:,.1f}" if elapsed else ""
        self._print(name, taken, rate, "", note)

    def _print(self, name: str, taken: list[float], rate: str, share: str, note: str) -> None:
        p50, p99 = (f"{1000 * percentile(taken, part):,.1f}" for part in (0.50, 0.99))
        print(f"{name:28}{len(taken):>8,}{rate:>12}{p50:>9}{p99:>9}{share:>9}  {note}", flush=True)


def percentile(taken: list[float], part: float) -> float:
    """The value that this part of all values does not exceed."""
    return sorted(taken)[min(len(taken) - 1, int(len(taken) * part))] if taken else float("nan")


def _told(statuses: Counter[int]) -> str:
    return ", ".join(f"{'lost' if status == LOST else status}: {count:,}" for status, count in statuses.most_common())
