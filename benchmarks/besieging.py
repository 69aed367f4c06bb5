"""`python -m benchmarks.besieging FOLDER`: one siege of the empty database at `DATABASE_URL`.

`python -m benchmarks.siege` calls it with all it needs.
"""

import argparse
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from itertools import cycle
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.utils import timezone  # noqa: E402
from knox.models import AuthToken  # noqa: E402

from accounts.models import User  # noqa: E402
from accounts.services import register_patron  # noqa: E402
from benchmarks.serving import giving_up, processes, wait_until_served  # noqa: E402
from benchmarks.town import COPIES, build_town, know_the_rest  # noqa: E402
from lending.models import Copy, Loan, LoanLine  # noqa: E402
from lending.queries import counts_of_deferred  # noqa: E402

PORT = int(os.environ["PORT"])
BOOKS, PATRONS = 5_000, 1_000
DECIDED_WITHIN = 30
ANSWER = re.compile(r"^HTTP/1\.\d (\d{3}) ", re.M)
CHANGE = re.compile(r'^library_lending_breaker_changes_total\{state="([a-z-]+)"\} ([\d.]+)$', re.M)
SETTINGS = """\
verbose = true
color = off
protocol = HTTP/1.1
connection = close
parser = false
cache = false
follow-location = false
logging = false
show-logfile = false
fullurl = false
json_output = false
timeout = 30
failures = 1000000
limit = 1000
"""


def besiege(wanted: argparse.Namespace) -> list[str]:
    """Fills the database, besieges the web process while workers work, and tells which promises were broken."""
    call_command("migrate", verbosity=0)
    now = timezone.now()
    build_town(BOOKS, PATRONS, now)
    know_the_rest()
    desk = register_patron(card_number="B-DESK", name="Desk", password="", now=now, is_staff=True, roles=["desk"])
    siege = _orders(wanted, AuthToken.objects.create(desk)[1])
    print(f"\n{_title(wanted)}", flush=True)
    # The delay is the web's alone: the worker decides what was put off meanwhile and afterwards.
    with (
        processes("web", folder=wanted.folder, FAULTS=wanted.faults) as group,
        processes("worker", folder=wanted.folder),
    ):
        wait_until_served(PORT, group, wanted.folder)
        ended = subprocess.run(siege, capture_output=True, text=True, timeout=wanted.seconds + 90)
        print(ended.stderr[ended.stderr.find("Transactions:") :].strip())
        answers = Counter(map(int, ANSWER.findall(ended.stdout)))
        took = _wait_until_decided()
        _print_breaker()
    return _judged(answers, "100.00 %" in ended.stderr, took)


def _orders(wanted: argparse.Namespace, token: str) -> list[str]:
    """siege's command. It sends one token with every request, so a librarian borrows for all patrons by turns."""
    patrons = User.objects.filter(is_staff=False).order_by("pk").values_list("pk", flat=True)
    books = Copy.objects.order_by("pk").values_list("book_id", flat=True)
    address = f"http://127.0.0.1:{PORT}/api/v1/loans"
    lines = [
        f'{address} POST {{"patron": {patron}, "book": {book}}}'
        for book, patron in zip(books, cycle(patrons), strict=False)
    ]
    settings, urls = wanted.folder / "siege.conf", wanted.folder / "urls.txt"
    settings.write_text(SETTINGS)
    urls.write_text("\n".join(lines))
    load = [f"-c{wanted.clients}", f"-t{wanted.seconds}S", "--content-type=application/json"]
    return ["siege", f"--rc={settings}", f"--file={urls}", *load, f"--header=Authorization: Token {token}"]


def _wait_until_decided() -> float:
    """Returns once nothing that was accepted waits any more; the seconds it took, or infinity after the limit."""
    began = time.monotonic()
    while any(waiting := counts_of_deferred().values()):
        if time.monotonic() - began > DECIDED_WITHIN:
            print(f"after {DECIDED_WITHIN} s still waiting: {sum(waiting)}")
            return float("inf")
        time.sleep(0.1)
    return time.monotonic() - began


def _print_breaker() -> None:
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/metrics", timeout=30) as answer:
        changes = {state: int(float(count)) for state, count in CHANGE.findall(answer.read().decode())}
    print(f"breaker: opened {changes['open']}, tried {changes['half-open']}, closed again {changes['closed']} times")


def _judged(answers: Counter[int], available: bool, took: float) -> list[str]:
    """Prints what became of every accepted request. siege stops amid some that it did not count but were done."""
    loans = Counter(Loan.objects.values_list("status", flat=True))
    print("answers: " + ", ".join(f"{status}: {count:,}" for status, count in sorted(answers.items())))
    print("loans: " + ", ".join(f"{status}: {count:,}" for status, count in sorted(loans.items())))
    print(f"all decided {took:.1f} s after the siege")
    lines = LoanLine.objects.filter(ending="")
    twice = lines.values("copy").annotate(times=Count("pk")).filter(times__gt=1).count()
    promises = {
        "availability is 100 %": available,
        "no answer but 201, 202, 409 and 503": set(answers) <= {201, 202, 409, 503} and answers[201] + answers[202] > 0,
        "every accepted request is on record": loans.total() >= answers[201] + answers[202],
        f"all is decided within {DECIDED_WITHIN} s": took <= DECIDED_WITHIN,
        "no copy is lent twice": not twice and lines.count() == Copy.objects.filter(place="loan").count(),
    }
    return [promise for promise, kept in promises.items() if not kept]


def _title(wanted: argparse.Namespace) -> str:
    return (
        f"{connection.display_name}, {wanted.faults or 'plain'}: siege -c{wanted.clients} -t{wanted.seconds}S,"
        f" {BOOKS:,} books with {COPIES} copies each, {PATRONS:,} patrons,"
        f" cores: {os.cpu_count()}, load on them before: {os.getloadavg()[0]:.1f}"
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.besieging")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--faults", default="")
    parser.add_argument("--seconds", type=int, required=True)
    parser.add_argument("--clients", type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    with giving_up("siege"):
        broken = besiege(_arguments())
    sys.exit("".join(f"BROKEN: {promise}\n" for promise in broken) or 0)
