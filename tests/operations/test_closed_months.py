"""Where old months of the log are closed: what people and programs are shown of it, and a backup that has no more."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from kernel.eventbus.models import ClosedMonth, Event, Snapshot
from kernel.eventbus.months.kept import gone_until, kept_since
from kernel.eventbus.months.numbers import first_day_of, first_id_of
from kernel.eventbus.stream.log import end_of_log
from library.operations.doctor import WITH_DATABASE
from tests.admin.door import Door, a_librarian
from tests.bus import Bus
from tests.factories import Town, opening_day
from tests.operations.archives import backed_up, restored
from tests.operations.test_closing import built, close, month_words, next_month
from tests.processes import run
from webhooks.models import Endpoint
from webhooks.services import pause_endpoint, resume_endpoint

pytestmark = pytest.mark.django_db(transaction=True)
RESTORED = """
import django
django.setup()
import json
from django.utils import timezone
from django.utils.formats import date_format
from kernel.eventbus.models import ClosedMonth, Event, Snapshot
from kernel.eventbus.stream.log import end_of_log
from lending.models import Loan
from lending.returns.services import return_book
from tests.operations.test_closing import build_anew, built
build_anew()
shown, end = built(), end_of_log()
return_book(Loan.objects.filter(status="active").latest("pk").pk, now=timezone.now())
print(json.dumps({
    "built": shown, "end": end, "end_after": end_of_log(), "oldest": Event.objects.order_by("pk").first().pk,
    "closed": list(ClosedMonth.objects.values_list("month", "position", "events")),
    "snapshots": sorted(Snapshot.objects.filter(complete=True).values_list("context", flat=True)),
}, default=str))
"""


@pytest.fixture
def closed(bus: Bus, db: None) -> Iterator[tuple[Town, int]]:
    """A library whose first months are closed, and the number of the first that it keeps."""
    with opening_day(bus) as town:
        book = town.book(copies=2)
        assert town.jo  # whose card everybody has heard of before the month turns
        town.lend(town.haneul, book)
        endpoint = Endpoint.objects.create(
            url="https://example.org/", secret="whsec_", position=1, made_at=timezone.now()
        )
        pause_endpoint(endpoint.pk)
        month = next_month(town)
        town.lend(town.jo, book)
        town.book()  # a database keeps its month until something has happened there since
        close("--before", month_words(month))
        yield town, month


def test_a_webhooks_page_says_what_it_will_not_be_sent(closed: tuple[Town, int]) -> None:
    town, _month = closed
    endpoint, door = Endpoint.objects.get(), Door(town.librarian.user)
    gone = gone_until()
    assert f"events from position 2 to {gone} any more" in door.see("webhooks_endpoint_change", endpoint.pk)
    korean = door.get(reverse("admin:webhooks_endpoint_change", args=[endpoint.pk]), headers={"Accept-Language": "ko"})
    assert f"위치 2부터 {gone}까지의 이벤트는 더 이상 보관하지 않으므로" in korean.content.decode()
    Endpoint.objects.update(position=gone)
    resume_endpoint(endpoint.pk)
    assert "any more" not in door.see("webhooks_endpoint_change", endpoint.pk)


def test_histories_say_from_when_on_they_go(closed: tuple[Town, int]) -> None:
    town, month = closed
    door = a_librarian("L-7102", roles=["cataloguer", "cashier"])  # lending has a patron's loans from its own tables
    book = Event.objects.filter(name="BookBorrowed").latest("pk").payload["book"]
    day = first_day_of(month)
    for model, thing in (("catalog_book", book), ("accounts_user", town.haneul.id)):
        address = reverse(f"admin:{model}_history", args=[thing])
        english = door.get(address, follow=True).content.decode()
        assert f"What happened before {date_format(day)} is not kept here any more." in english
        korean = door.get(address, follow=True, headers={"Accept-Language": "ko"}).content.decode()
        assert f"{day.year}. {day.month}. {day.day}. 이전의 이력은 더 이상 보관하지 않습니다." in korean
        assert "<td>registered</td>" not in english


def test_a_program_that_reads_on_hears_in_its_language_that_it_is_gone(closed: tuple[Town, int]) -> None:
    town, _month = closed
    told = town.librarian.get("events", {"after": 0}, headers={"Accept-Language": "ko"})
    assert (told.status_code, told["Content-Language"]) == (410, "ko")
    assert told.json()["detail"] == (
        f"위치 {gone_until()}까지의 기록은 더 이상 보관하지 않습니다."
        f" 지금 상태를 읽어 온 뒤 after={gone_until()}부터 이어서 읽어 주세요."
    )


def test_the_doctor_notes_months_that_should_be_closed_for_more_than_one(bus: Bus, settings: Any) -> None:
    look = WITH_DATABASE["log"]
    with opening_day(bus) as town:
        assert town.jo  # whose card everybody has heard of before the month turns
        town.lend(town.haneul, book := town.book(copies=2))
        month = next_month(town)
        town.lend(town.jo, book)
        now = timezone.now()
        settings.KEEP_EVENTS_MONTHS = 0
        assert not list(look(now + timedelta(days=800)))
        settings.KEEP_EVENTS_MONTHS = 1
        assert not list(look(now + timedelta(days=31)))
        (note,) = look(now + timedelta(days=62))
        assert f"still has 1 month from before KEEP_EVENTS_MONTHS=1, the oldest {month_words(month - 1)}" in note.msg
        assert "close_events" in note.hint
        assert not note.is_serious()
        close("--before", month_words(month))
        assert not list(look(now + timedelta(days=800)))


@pytest.mark.skipif(
    "__import__('django').db.connection.vendor == 'postgresql' and not __import__('shutil').which('pg_dump')",
    reason="PostgreSQL's client programs (pg_dump) are not installed",
)
def test_a_backup_brings_back_closed_months_with_their_snapshots(
    closed: tuple[Town, int], tmp_path: Path, settings: Any, elsewhere: dict[str, str]
) -> None:
    town, month = closed
    settings.FILES_DIR = tmp_path / "here"
    pages, end = json.loads(json.dumps(built(), default=str)), end_of_log()

    back = restored(backed_up(tmp_path / "kept"), **elsewhere)

    assert back.returncode == 0, back.stderr
    assert f"the log ends at position {end}" in back.stdout
    there = run("-c", RESTORED, **elsewhere, DJANGO_SETTINGS_MODULE="library.settings")
    assert there.returncode == 0, there.stderr
    found = json.loads(there.stdout.splitlines()[-1])
    assert found["built"] == pages
    assert found["closed"] == [list(row) for row in ClosedMonth.objects.values_list("month", "position", "events")]
    assert found["snapshots"] == sorted(Snapshot.objects.values_list("context", flat=True))
    assert found["snapshots"]
    assert found["oldest"] >= first_id_of(month)
    assert found["end"] == end < found["end_after"]
    assert kept_since() == first_day_of(month)
    assert town
