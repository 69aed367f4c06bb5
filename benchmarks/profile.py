"""`python -m benchmarks.profile CALL`: a flame graph of the processor time that a call takes, in an SVG of its own.

A scratch library is filled, and a process of it repeats the call for some seconds, one at a time and without a web
server, while py-spy looks a thousand times a second at what its threads do. Waiting for a database is not drawn. It
prints where the picture is; a browser shows it, finds names in it and goes into a part by a click. `make profile` calls
it.
"""

import argparse
import signal
import subprocess
import sys
from pathlib import Path

from benchmarks.repeating import CALLS, READY
from benchmarks.scratch import KINDS, ROOT, environment, scratch

SAMPLES = 1_000
FOLDER = ROOT / ".data" / "profiles"


class NotDrawn(Exception):
    """Carries why."""


def main() -> int:
    """Profiles one call on one database."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.profile", description=__doc__)
    parser.add_argument("call", choices=CALLS, metavar="CALL", help=", ".join(CALLS))
    parser.add_argument("--database", choices=KINDS, default=KINDS[0])
    parser.add_argument("--seconds", type=float, default=8, help="how long it is repeated, at the most")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the picture is put")
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with scratch(wanted.database) as (folder, url):
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks.repeating", wanted.call, str(wanted.seconds)]
        surroundings = environment(folder, url) | {"LOG_LEVEL": "ERROR"}
        with subprocess.Popen(
            command, cwd=ROOT, env=surroundings, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            try:
                picture = wanted.folder / f"{wanted.call}-{wanted.database}.svg"
                print(f"{wanted.call} on {wanted.database}: {draw(process, picture, wanted.seconds)}{picture}")
            except NotDrawn as failure:
                sys.exit(f"{wanted.call} was not profiled. {failure}")
            finally:
                process.terminate()
    return 0


def draw(process: subprocess.Popen[str], picture: Path, seconds: float) -> str:
    """What the process prints in the end, which says `ready` and is told to go on once it is watched.

    Raises `NotDrawn`.
    """
    if f"{READY}\n" not in iter(process.stdout.readline, ""):
        raise NotDrawn("The calls could not be made.")
    picture.parent.mkdir(parents=True, exist_ok=True)
    watching = [Path(sys.executable).with_name("py-spy"), "record", "--pid", str(process.pid), "--output", picture]
    how = ["--rate", str(SAMPLES), "--duration", str(round(seconds) or 1), "--function", "--nonblocking"]
    with subprocess.Popen([*watching, *how], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as spy:
        said = spy.stdout.readline()  # it watches once it says what it samples
        process.stdin.write("\n")
        process.stdin.flush()
        figures = process.stdout.readline()
        process.stdin.close()
        said += spy.stdout.read()
    if spy.returncode:
        raise NotDrawn(said)
    return figures


if __name__ == "__main__":
    sys.exit(main())
