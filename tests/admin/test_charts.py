"""The charts of the start page: each shows its role what it asks of its days, and the same numbers as a table."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog.services import register_book
from lending.checkout.services import borrow_book
from lending.models import Loan
from lending.returns.services import return_book
from reporting.counting import count_stale_days
from reporting.reading.charts import bar_chart, rank_chart
from reporting.reading.tables import Table, table_of
from tests.admin.door import Door, a_librarian, a_patron
from tests.admin.test_every_page import INLINE
from tests.bus import Bus

pytestmark = pytest.mark.django_db
SEEN = {
    "desk": {"overdue", "days", "hours", "most"},
    "cataloguer": {"most", "use"},
    "cashier": {"overdue", "money"},
    "administrator": {"overdue", "days", "hours", "most", "use", "money"},
    "operator": set(),
}


@pytest.fixture
def days(bus: Bus) -> None:
    """Three copies of a novel lent, of which one came back ten days late, one has been overdue for ten days, and one
    for a day."""
    now, patron = timezone.now(), a_patron()
    novel = register_book(now=now, title="<토지>", class_number="813.6", copies=4)
    bus.settle()
    for days_late in (10, 10, 1):
        loan = borrow_book(patron_id=patron.pk, book_id=novel.pk, quantity=1, now=now)
        Loan.objects.filter(pk=loan.pk).update(due_on=timezone.localdate(now) - timedelta(days=days_late))
        bus.settle()
    return_book(Loan.objects.earliest("pk").pk, quantity=1, now=now)
    bus.settle()
    count_stale_days()


def charts(door: Door, **headers: str) -> dict[str, str]:
    """The charts that somebody sees, by their names."""
    answer = door.get(reverse("admin:charts"), headers=headers)
    assert answer.status_code == 200
    text = str(answer.content.decode())
    assert not INLINE.search(text)
    return dict(re.findall(r'id="chart-of-(\w+)">(.*?)</section>', text, re.DOTALL))


def numbers(chart: str, label: str) -> list[str]:
    """A line of a chart's table."""
    (line,) = [part for part in re.findall(r"<tr>(.*?)</tr>", chart, re.DOTALL) if f">{label}</th>" in part]
    return re.findall(r"<td>(?:<a [^>]*>)?([\d,]+)", line)


STEPS = {
    "desk": ["accounts_user_add", "desk"],
    "cataloguer": ["catalog_book_add", "catalog_bookimport_add", "printing_labels"],
    "cashier": [],
    "administrator": ["opac_librarypage_changelist", "lending_calendarrule_add", "lending_policy_changelist",
                      "accounts_user_add", "catalog_book_add", "catalog_bookimport_add", "printing_labels",
                      "accounts_user_add", "accounts_patronimport_add", "desk"],
}  # fmt: skip


def first_steps(door: Door) -> list[str] | None:
    """Where the first steps lead, if there are any in the place of the charts."""
    part = door.see("charts").partition('id="first-steps"')[2].partition("</section>")[0]
    return re.findall(r'class="button" href="([^"]+)"', part) if part else None


def test_a_new_library_shows_each_role_its_first_steps_until_something_was_lent(request: Any, bus: Bus) -> None:
    doors = {role: a_librarian(f"L-{role}", roles=[role]) for role in STEPS}
    for role, door in doors.items():
        ways = first_steps(door)
        assert ways == [reverse(f"admin:{page}") for page in STEPS[role]], role
        assert charts(door) == {}
        assert {door.get(way, follow=True).status_code for way in ways} <= {200}
    register_book(now=timezone.now(), title="토지", class_number="813.6", copies=1)
    bus.settle()
    count_stale_days()
    assert reverse("admin:catalog_book_add") not in (first_steps(doors["cataloguer"]) or [])
    assert set(charts(doors["cataloguer"])) == {"use"}
    a_patron("P-7109")
    assert first_steps(doors["desk"]) == [reverse("admin:desk")]
    request.getfixturevalue("days")
    assert {role: first_steps(door) for role, door in doors.items()} == dict.fromkeys(STEPS)


@pytest.mark.usefixtures("days")
def test_each_role_sees_the_charts_that_are_its_own() -> None:
    for role, seen in SEEN.items():
        door = a_librarian(f"L-{role}", roles=[role])
        assert set(charts(door)) == seen, role
        assert (f'hx-get="{reverse("admin:charts")}"' in door.see("index")) == bool(seen), role


@pytest.mark.usefixtures("days")
def test_the_charts_say_what_happened_and_lead_to_it(librarian: Door) -> None:
    shown, today = charts(librarian), timezone.localtime()
    assert numbers(shown["overdue"], "1–7") == ["1"]
    assert numbers(shown["overdue"], "8–14") == ["1"]
    assert reverse("admin:desk_list", args=["overdue"]) in shown["overdue"]
    assert numbers(shown["hours"], f"{today:%H}:00") == ["3", "1"]
    assert numbers(shown["most"], "&lt;토지&gt;") == ["3"]
    assert numbers(shown["use"], "800 Literature") == ["100", "100", "4", "3", "75"]
    assert f"{today:%Y-%m-%d}" in shown["days"]
    assert '<p class="none">' not in "".join(shown.values())
    for name, chart in shown.items():
        assert f'role="img" aria-labelledby="chart-{name}"' in chart
        assert "<details>" in chart


@pytest.mark.usefixtures("days")
def test_the_start_page_takes_the_charts_as_a_part_in_few_statements(librarian: Door) -> None:
    whole, part = charts(librarian), charts(librarian, hx_request="true")
    assert part == whole
    with CaptureQueriesContext(connection) as queries:
        text = librarian.get(reverse("admin:charts"), headers={"hx-request": "true"}).content.decode()
    assert "<html" not in text
    assert len(queries) <= 12, [query["sql"][:90] for query in queries]


def test_where_nothing_happened_no_picture_is_drawn(librarian: Door) -> None:
    for chart in charts(librarian).values():
        assert "<svg" not in chart
        assert "Nothing was counted in this period." in chart


def a_table(**lines: tuple[int, int]) -> Table:
    """Two columns of numbers."""
    columns = {"0": "lent", "1": "back"}
    return table_of("t", "<title>", "day", columns, dict(zip(lines, lines, strict=True)), lambda a, b: lines[a][int(b)])


def test_bars_are_as_high_as_their_numbers_below_a_round_one() -> None:
    drawn = bar_chart(a_table(Mon=(30, 15), Tue=(0, -5)), 0, 1)
    heights = [float(height) for height in re.findall(r'<rect class="bar bar-\d"[^>]*height="([\d.]+)"', drawn)[2:]]
    assert heights[0] == pytest.approx(2 * heights[1], abs=0.2)
    assert heights[2:] == [0, 0]
    assert re.findall(r'class="number"[^>]*>(\d+)<', drawn) == ["0", "20", "40"]
    assert "<title>Mon: lent 30, back 15</title>" in drawn
    assert "&lt;title&gt;: lent, back" in drawn
    assert bar_chart(a_table(Mon=(0, 0)), 0) == bar_chart(a_table(), 0) == rank_chart(a_table()) == ""


def test_labels_stand_as_close_as_there_is_room_and_long_names_are_cut() -> None:
    days = {f"2026-03-{day:02}": (day, 0) for day in range(1, 29)}
    labels = re.findall(r'class="label"[^>]*>([\d-]+)<', bar_chart(a_table(**days), 0))
    assert labels == [f"2026-03-{day:02}" for day in (1, 7, 13, 19, 25)]
    assert "느" * 33 + "…<" in rank_chart(a_table(**{"느" * 70: (1, 0)}))
