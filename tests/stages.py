"""`python -m tests.stages sqlite postgres apart`: every test on these databases, in two lanes side by side.

The one lane has the tests that work in their own process; the other those that start programs and mostly wait for them
(tests/programs.py). In each lane one database follows the other. Behind the programs come the containers by themselves,
and `apart`: the main stories with a database for each context. Options for pytest may follow behind `--`.
"""

import os
import re
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field

from tests.own_network import in_own_network
from tests.programs import PROGRAMS

APART = (
    "stories/test_borrowing.py",
    "stories/test_late_return.py",
    "stories/test_desk.py",
    "stories/test_owing.py",
    "stories/test_renewing.py",
    "stories/test_races.py",
    "stories/test_who_did_it.py",
    "fines",
    "operations",
)
CONTAINERS = [file for file in PROGRAMS if file.startswith("containers/")]
NO_PROGRAMS = ["--dist=worksteal", *(f"--ignore=tests/{file}" for file in PROGRAMS)]
IN_ORDER = ["--dist=loadfile", "--no-loadscope-reorder"]
LANES = {
    "tests": [*NO_PROGRAMS, "tests"],
    "programs": [*IN_ORDER, *(f"tests/{file}" for file in PROGRAMS if file not in CONTAINERS)],
    "containers": [*IN_ORDER, *(f"tests/{file}" for file in CONTAINERS)],
    "apart": [*NO_PROGRAMS, *(f"tests/{part}" for part in APART)],
}
OF_THEIR_OWN = {"tests", "apart"}
"""Stages with a network of their own. The programs' has some that install packages; containers are in the machine's."""
LIMIT = 45 * 60
"""Seconds for one stage: whatever hangs has its own, much shorter limit."""
NOTHING_TO_DO = 5
"""What pytest answers where no test was chosen."""


@dataclass
class Stage:
    """One run of pytest: the tests of a lane on a database. What it says is kept until it has ended."""

    lane: str
    database: str
    options: list[str]
    said: bytes = b""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def run(self) -> None:
        """Runs it to its end, or to its limit."""
        how = ["-m", "pytest", "-n", "logical", *LANES[self.lane], f"--database={self.database}", *self.options]
        command = [sys.executable, *how]
        if self.lane in OF_THEIR_OWN:
            command = in_own_network(command)
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        alarm = threading.Timer(LIMIT, self.process.terminate)
        alarm.start()
        self.said, _ = self.process.communicate()
        alarm.cancel()

    @property
    def passed(self) -> bool:
        """Whether all went well."""
        return self.process is not None and self.process.returncode in (0, NOTHING_TO_DO)

    @property
    def summary(self) -> str:
        """Pytest's last word."""
        found = re.findall(rb"^=+ (.* in [\d.]+s.*?) =+$", self.said, re.MULTILINE)
        return f"{self.lane:11}{self.database:9}{found[-1].decode() if found else 'ended without a summary'}"

    @property
    def failures(self) -> list[str]:
        """Pytest's lines of the tests that failed, or could not be set up or cleared away."""
        return [
            line.decode(errors="replace")
            for line in re.findall(rb"^(?:FAILED|ERROR) tests/.*$", self.said, re.MULTILINE)
        ]


def main(databases: list[str], options: list[str]) -> int:
    """Answers 1 if any stage failed. What each says is shown when it has ended, and all summaries come last,
    with what failed."""
    # Who starts this in the background may have it ignored, and then so would every program under test.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    whole = [database for database in databases if database != "apart"]
    lanes = [[Stage(lane, database, options) for database in whole] for lane in ("tests", "programs")]
    lanes[-1] += [Stage("containers", "sqlite", options)] * ("sqlite" in databases)
    lanes[-1] += [Stage("apart", "apart", options)] * ("apart" in databases)
    stages = [stage for lane in lanes for stage in lane]
    printing = threading.Lock()

    def follow(lane: list[Stage]) -> None:
        for stage in lane:
            stage.run()
            with printing:
                print(f"\n{stage.lane} on {stage.database}", flush=True)
                os.write(1, stage.said)

    followed = [threading.Thread(target=follow, args=[lane], daemon=True) for lane in lanes]
    try:
        for thread in followed:
            thread.start()
        for thread in followed:
            thread.join()
    finally:
        for stage in stages:
            if stage.process and stage.process.poll() is None:
                stage.process.terminate()
                stage.process.wait()
    print()
    for stage in stages:
        print(stage.summary, *stage.failures, sep="\n  ")
    return 0 if all(stage.passed for stage in stages) else 1


if __name__ == "__main__":
    words = sys.argv[1:]
    split = words.index("--") if "--" in words else len(words)
    sys.exit(main(words[:split], words[split + 1 :]))
