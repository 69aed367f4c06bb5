#!/usr/bin/env bash
# pybreaker 1.4.1: a circuit breaker holds its lock while the call runs, so threads call one after the other.
#
# Why it matters: a breaker around the mail server is to keep a slow server from stopping the library. With this one
# a single slow call stops every other thread that goes through the same breaker, while it is closed and all is well.
# Instead: a breaker that takes its lock to look at the state and to note the result, not for the call between.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check pybreaker==1.4.1 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
import threading
from importlib.metadata import version

import pybreaker

print("pybreaker", version("pybreaker"))

breaker = pybreaker.CircuitBreaker()
first_runs, first_may_end, second_ran = threading.Event(), threading.Event(), threading.Event()


def first():
    first_runs.set()
    first_may_end.wait(60)


threads = [threading.Thread(target=breaker.call, args=(call,)) for call in (first, second_ran.set)]
threads[0].start()
first_runs.wait(60)
threads[1].start()
during = second_ran.wait(3)
first_may_end.set()
after = second_ran.wait(60)
for thread in threads:
    thread.join()
print("Expected: a second thread's call runs while the first one's is under way.")
print(f"Seen: it ran during the first call: {during}; after it: {after}")
as_described = (during, after) == (False, True)
sys.exit(not as_described and "No longer as described.")
PYTHON
