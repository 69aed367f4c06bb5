"""What pages of things say beside their fields: days as people write them, and names that ask for nobody."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from fines.schedules.services import adopt_fee_schedule
from kernel.eventbus.models import Event
from lending.models import Closure, Patron
from tests.admin.door import a_librarian, a_superuser
from tests.admin.test_every_page import MODELS, a_busy_library, a_thing, page
from tests.bus import Bus
from tests.reading import text_of

pytestmark = pytest.mark.django_db
ISO = re.compile(r".{40}\b\d{4}-\d\d-\d\d.{20}")
TICK = re.compile(r"icon-(?:yes|no|unknown)\.svg")
FOR_PROGRAMS = {Event}
"""Models whose pages show what programs read."""


@pytest.fixture(scope="module", autouse=True)
def _library_of_this_module(lasting: None) -> None:
    now, bus = timezone.now(), Bus()
    a_busy_library(bus)
    adopt_fee_schedule(given={"tiers": {1: 500}}, category="child", valid_from=timezone.localdate(now), now=now)
    bus.settle()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_days_are_written_as_people_write_them(language: str) -> None:
    door, found = a_superuser(), {}
    for model in MODELS:
        if model in FOR_PROGRAMS or (thing := a_thing(model)) is None:
            continue
        address = reverse(f"admin:{page(model, 'change')}", args=[thing.pk])
        text = text_of(door.get(address, follow=True, headers={"Accept-Language": language}).content.decode())
        if said := ISO.findall(text):
            found[model] = said
    assert not found


def test_the_name_of_an_account_asks_for_nobody() -> None:
    alone, joined = Patron.objects.first(), Patron.objects.select_related("user").first()
    assert alone
    assert joined
    with CaptureQueriesContext(connection) as queries:
        assert str(alone) == str(alone.pk)
        assert str(joined) == str(joined.user)
    assert not queries.captured_queries


@pytest.mark.parametrize("roles", [["administrator", "operator"], ["desk"], ["cashier"], []])
def test_no_page_says_yes_or_no_with_a_tick_alone(roles: list[str]) -> None:
    """A reader of screens would say True or False of it, in any language. Without roles: a superuser."""
    door, found = a_librarian(roles=roles) if roles else a_superuser(), set()
    for model in MODELS:
        thing, addresses = a_thing(model), [reverse(f"admin:{page(model, 'changelist')}")]
        addresses += [reverse(f"admin:{page(model, 'change')}", args=[thing.pk])] if thing else []
        found |= {at for at in addresses if TICK.search(door.get(at, follow=True).content.decode())}
    assert not found


def test_what_cannot_be_changed_keeps_its_help() -> None:
    person = User.objects.get(card_number="P-7200")
    text = a_librarian(roles=["cashier"]).see("accounts_user_change", person.pk)
    lost = text.partition("field-is_card_lost")[2].partition("form-row")[0]
    assert '<div class="readonly">no</div>' in lost
    assert "Nothing is lent" in lost


def test_a_closure_says_for_whom_days_late_are_counted() -> None:
    closure = a_thing(Closure)
    assert '<div class="readonly">as the policies say</div>' in a_superuser().see("lending_closure_change", closure.pk)
