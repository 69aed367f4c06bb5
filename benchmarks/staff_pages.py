"""`python -m benchmarks.staff_pages`: every page of the staff side and the site, on the library at `DATABASE_URL`.

`benchmarks.data` and `benchmarks.around` make one. Each page is asked for in process. It prints the statements, the
milliseconds of a processor, PostgreSQL's server included, and by the clock, the best of three, and the statement that
took longest. Processor time is what can be compared on a machine that does something else beside.
"""

import argparse
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import permutations
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import django

django.setup()

from django.contrib import admin  # noqa: E402
from django.db import connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402
from knox.models import AuthToken  # noqa: E402

from accounts.models import User  # noqa: E402
from accounts.services import register_patron  # noqa: E402
from benchmarks.made import execute  # noqa: E402
from catalog.models import Stocktaking  # noqa: E402
from desk.pages.lists import LISTS  # noqa: E402
from desk.stocktaking.said import TITLES  # noqa: E402
from library.roles import ROLES  # noqa: E402
from reporting.reading.crossing import AXES_OF  # noqa: E402

MOST_STATEMENTS, LONG, TIMES = 12, 300, 3
TICKS = os.sysconf("SC_CLK_TCK")
LINK = re.compile(r'href="(\?[^"]+)"')
WORDS = ("B777", "b300000", "P-777", "Patron 777", "사랑 도서", "the war", "1234567", "zzyzx")
BACKEND = "accounts.passwords.backends.CurrentCards"
Request = Callable[[], Any]


@dataclass
class Measured:
    """What a page took."""

    name: str
    status: int = 0
    statements: list[tuple[float, str]] = field(default_factory=list)
    processor: float = 1e9
    server: float = 0
    clock: float = 1e9

    def __str__(self) -> str:
        slow = max((took for took, _sql in self.statements), default=0)
        marks = "!" * (len(self.statements) > MOST_STATEMENTS) + "s" * (self.took > LONG)
        return (
            f"{marks:3}{self.status} {len(self.statements):3} {self.processor:8.0f} {self.server:8.0f}"
            f" {self.clock:8.0f} {slow:8.0f}  {self.name}"
        )

    @property
    def took(self) -> float:
        """Milliseconds of a processor together."""
        return self.processor + self.server


def main() -> None:
    """Measures the parts that are asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.staff_pages", description=__doc__)
    parser.add_argument("parts", nargs="*", default=list(PARTS), choices=[*PARTS, []], metavar="PART")
    parser.add_argument("--only", default="", help="a part of the names of pages")
    parser.add_argument("--sql", type=int, default=300, help="letters of the longest statement")
    parser.add_argument("--all", action="store_true", help="print each page, not only those above the aims")
    parser.add_argument("--times", type=int, default=TIMES)
    wanted = parser.parse_args()
    print(
        "status, statements, ms of a processor here and of the server's, by the clock, of the longest statement, page"
    )
    if connections["default"].vendor == "postgresql":
        execute("SET max_parallel_workers_per_gather = 0")  # what helpers do is not seen
    for part in wanted.parts:
        begun, pages, slow = time.monotonic(), 0, 0
        for name, ask in PARTS[part]():
            if wanted.only in name:
                one = measured(name, ask, wanted.times)
                pages += 1
                too_much = len(one.statements) > MOST_STATEMENTS or one.took > LONG or one.status >= 400
                slow += too_much
                if wanted.all or too_much:
                    print(one, flush=True)
                    if too_much and one.statements:
                        print(f"        {max(one.statements)[1][: wanted.sql]}", flush=True)
        print(f"{part}: {pages} pages, {slow} of them above the aims; {time.monotonic() - begun:.0f} s", flush=True)


def measured(name: str, ask: Request, times: int) -> Measured:
    """The page asked for so often: the fewest milliseconds, and the statements of that time."""
    best = Measured(name)
    for _turn in range(times):
        noted: list[tuple[float, str]] = []
        server: list[float] = []

        def note(
            run: Any, sql: str, params: Any, many: bool, context: Any, noted: Any = noted, server: Any = server
        ) -> Any:
            before, began = _server_processor(context), time.perf_counter()
            try:
                return run(sql, params, many, context)
            finally:
                server.append(_server_processor(context) - before)
                noted.append(((time.perf_counter() - began) * 1_000, f"{sql} {params!s:.300}"))

        began, used = time.perf_counter(), time.process_time()
        with connections["default"].execute_wrapper(note):
            answer = ask()
            if answer.streaming:
                b"".join(answer.streaming_content)
        clock, used = time.perf_counter() - began, time.process_time() - used
        if clock * 1_000 < best.clock:
            best = Measured(name, answer.status_code, noted, used * 1_000, clock=clock * 1_000, server=sum(server))
        if clock > 3 and _turn:
            break
    return best


def _server_processor(context: Any) -> float:
    """The milliseconds of a processor that PostgreSQL's process for this connection has had, by tens."""
    if context["connection"].vendor != "postgresql" or context["connection"].connection is None:
        return 0
    pid = context["connection"].connection.info.backend_pid
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1_000 / TICKS


def staff(number: str, *roles: str) -> Client:
    """A member of the staff with these roles, signed in; without one, a superuser."""
    user = User.objects.filter(card_number=number).first()
    if user is None:
        known = {"card_number": number, "name": number, "password": "a long long word", "now": timezone.now()}
        user = register_patron(**known, is_staff=True, roles=roles)
        if not roles:
            user.is_superuser = True
            user.save(update_fields=["is_superuser"])
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user, backend=BACKEND)
    return client


def _get(client: Client, address: str) -> Request:
    return lambda: client.get(address, secure=True)


def start_pages() -> Iterator[tuple[str, Request]]:
    """The start page of each role, and the operators' page."""
    for name, client in _everybody():
        yield f"start page: {name}", _get(client, "/admin/")
    yield "operations", _get(staff("S-1"), "/admin/operations/")


def _everybody() -> list[tuple[str, Client]]:
    return [("superuser", staff("S-1")), *((role.name, staff(f"R-{role.name}", role.name)) for role in ROLES)]


def found() -> Iterator[tuple[str, Request]]:
    """The one search box."""
    for words in WORDS:
        yield f"find {words}", _get(staff("S-1"), f"/admin/find/?{urlencode({'q': words})}")


def lists() -> Iterator[tuple[str, Request]]:
    """Every list of the admin: as it opens, by each search, filter and order, and its last page."""
    client = staff("S-1")
    for model in _models():
        address = _address(model, "changelist")
        seen = {address}
        yield address, _get(client, address)
        text = client.get(address, secure=True).content.decode()
        for link in dict.fromkeys(LINK.findall(text)):
            if (other := address + link.replace("&amp;", "&")) not in seen and not _is_one_of_many(other, seen):
                seen.add(other)
                yield other, _get(client, other)
        if admin.site._registry[model].search_fields:
            for words in WORDS:
                yield f"{address}?q={words}", _get(client, f"{address}?{urlencode({'q': words})}")


def _is_one_of_many(address: str, seen: set[str]) -> bool:
    """The third choice of a filter, or the third column to sort by, is like the first two."""
    opening = re.split(r"[=.]", address)[0]
    return sum(one.startswith(f"{opening}=") for one in seen) > 6


def things() -> Iterator[tuple[str, Request]]:
    """The pages of the first and the last thing of each kind, their histories, and the forms for new ones."""
    client = staff("S-1")
    for model in _models():
        ends = {one.pk for order in ("pk", "-pk") if (one := model._default_manager.order_by(order).first())}
        for pk in sorted(ends, key=str):
            for name in ("change", "history"):
                yield f"{_address(model, name, pk)}", _get(client, _address(model, name, pk))
        yield _address(model, "add"), _get(client, _address(model, "add"))


def _models() -> list[Any]:
    return sorted(admin.site._registry, key=lambda model: model._meta.label)


def _address(model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def desk() -> Iterator[tuple[str, Request]]:
    """The desk, its lists, patrons' pages and accounts, stocktakings."""
    client = staff("S-1")
    yield "desk", _get(client, "/admin/desk/")
    for name in LISTS:
        yield f"desk list {name}", _get(client, f"/admin/desk/lists/{name}/")
    for pk in (1, 7_77, 20):
        for more in ("", "account/", "account/pay/"):
            yield f"patron {pk} {more}", _get(client, f"/admin/desk/patron/{pk}/{more}")
    for one in Stocktaking.objects.order_by("pk"):
        yield f"stocktaking {one.pk}", _get(client, f"/admin/desk/stocktaking/{one.pk}/")
        for name in TITLES:
            for page in ("1", "last"):
                at = f"/admin/desk/stocktaking/{one.pk}/list/{name}/?page={page}"
                yield f"stocktaking {one.pk} {name} page {page}", _get(client, at)
        at = f"/admin/desk/stocktaking/{one.pk}/list/missing/?as=csv"
        yield f"stocktaking {one.pk} missing as a file", _get(client, at)


def statistics() -> Iterator[tuple[str, Request]]:
    """A year's report, and each table of two axes."""
    client, today = staff("S-1"), timezone.localdate()
    year = {"first": str(today - timedelta(days=364)), "last": str(today)}
    for kind in ("", "xlsx", "pdf", "csv"):
        yield f"report {kind}", _get(client, f"/admin/statistics/?{urlencode({**year, 'as': kind})}")
    for what, axes in AXES_OF.items():
        for rows, columns in permutations(axes, 2):
            asked = {**year, "what": str(what), "rows": rows, "columns": columns}
            at = f"/admin/statistics/table/?{urlencode(asked)}"
            yield f"table {what}: {rows} by {columns}", _get(client, at)


def labels() -> Iterator[tuple[str, Request]]:
    """A thousand labels."""
    client = staff("S-1")
    numbers = "\n".join(f"B{number}" for number in range(500_000, 501_000))
    sheet = re.search(
        r'<option value="([^"]+)"', client.get("/admin/printing/labelsheet/labels/", secure=True).content.decode()
    )
    fields = {"numbers": numbers, "sheet": sheet[1] if sheet else "", "start": 1, "each": 1}
    fields |= {"symbology": "code128", "kind": "barcode"}
    yield "labels", _get(client, "/admin/printing/labelsheet/labels/")
    yield (
        "1000 labels printed",
        lambda: client.post("/admin/printing/labelsheet/labels/", {**fields, "print": "1"}, secure=True),
    )


def site() -> Iterator[tuple[str, Request]]:
    """The patrons' site."""
    stranger, patron = Client(SERVER_NAME="127.0.0.1"), Client(SERVER_NAME="127.0.0.1")
    patron.force_login(User.objects.get(pk=1), backend=BACKEND)
    for who, client in (("stranger", stranger), ("patron", patron)):
        for at in (
            "/", "/search?q=사랑", "/search?q=the+war", "/search?q=the+war&page=5", "/search", "/search?language=ko",
            "/search?q=zzyzx", "/search?author=Smith", "/books/1", "/books/777777", "/shelf?at=813", "/shelf", "/visit",
            "/search?q=사랑&available=1", "/sitemap.xml", "/sitemap-1.xml", "/books/777777.mrc",
        ):  # fmt: skip
            yield f"site, {who}: {at}", _get(client, at)
    own = ("", "/holds", "/fees", "/account", "/history", "/card", "/profile", "/notices")
    for at in own:
        yield f"site, patron: /me{at}", _get(patron, f"/me{at}")


def api() -> Iterator[tuple[str, Request]]:
    """The API, as a patron and as a librarian."""
    people = (("patron", User.objects.get(pk=1)), ("staff", User.objects.get(card_number="S-1")))
    for who, user in people:
        token = AuthToken.objects.create(user=user)[1]
        client = Client(SERVER_NAME="127.0.0.1", headers={"Authorization": f"Token {token}"})
        common = (
            "books", "books?q=사랑", "books?q=the+war&page_size=100", "books?ordering=title", "books?language=ko",
            "books/777777", "books/777777/copies", "books/777777/availability", "books?call_number=813",
            "loans", "loans?status=returned", "holds", "fines", "dashboard", "me", "me/account", "me/history",
            "loans?status=active", "calendar",
        )  # fmt: skip
        own = (
            "loans?patron=1", "patrons", "patrons?q=Patron+777", "patrons/1", "patrons/1/account", "patrons/1/history",
            "copies?barcode=B777", "copies/777/history", "dashboard/1", "holds?patron=1", "holds?status=ready",
            "events", "events?after=400000", "fines?patron=1", "loans?overdue=true", "copies", "holds?book=200001",
            "loans?book=777", "fines?status=outstanding", "notices",
        )  # fmt: skip
        for at in (*common, *(own if who == "staff" else ())):
            yield f"api, {who}: {at}", _get(client, f"/api/v1/{at}")


PARTS: dict[str, Callable[[], Iterator[tuple[str, Request]]]] = {
    "start": start_pages, "find": found, "desk": desk, "lists": lists, "things": things, "statistics": statistics,
    "labels": labels, "site": site, "api": api,
}  # fmt: skip


if __name__ == "__main__":
    main()
