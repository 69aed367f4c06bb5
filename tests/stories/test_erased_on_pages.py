"""Somebody is erased: the pages that told of the person answer, and are nobody's."""

from io import StringIO

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.urls import reverse

from desk.lists.books import LISTS as OF_BOOKS
from desk.lists.holds import LISTS as OF_HOLDS
from desk.lists.people import LISTS as OF_PEOPLE
from lending.models import Hold
from tests.admin.door import Door, a_superuser
from tests.bus import Bus
from tests.factories import Town, new_policy, seoul


@pytest.fixture
def bus() -> Bus:
    """In order: what is told is what pages show."""
    return Bus()


@pytest.fixture
def sam(town: Town) -> Door:
    """Somebody who may see everything, once Jo had all sorts of things, and owes nothing any more."""
    jo, librarian = town.jo, town.librarian
    new_policy(late__as="both")
    for status in ("cancelled", "expired"):
        wanted = town.book()
        loan = town.take(town.haneul, wanted)
        placed = jo.post("holds", {"book": wanted}).json()
        town.give_back(town.haneul, loan)
        town.bus.settle()
        assert Hold.objects.get(pk=placed["id"]).status == "ready"
        if status == "cancelled":
            jo.post(f"holds/{placed['id']}/cancel")
        else:
            town.moves_to(seoul(3, 10))
            call_command("expire_holds", stdout=StringIO())
        assert Hold.objects.get(pk=placed["id"]).status == status
    late, lost = town.lend_long_ago(jo, town.book()), town.lend(jo, town.book())
    librarian.post("returns", {"barcode": late["copies"][0]["barcode"]})
    librarian.post(f"copies/{lost['copies'][0]['id']}/mark", {"as": "lost", "reason": "on a bus"})
    block = librarian.post(f"patrons/{jo.id}/blocks", {"reason": "loud"}).json()
    librarian.post(f"blocks/{block['id']}/lift", {"reason": "calm"})
    town.bus.settle()
    librarian.post(f"patrons/{jo.id}/payments", {"amount": 100_000, "method": "cash"})
    credit = librarian.get(f"patrons/{jo.id}/account").json()["credit"]
    librarian.post(f"patrons/{jo.id}/payouts", {"amount": credit, "reason": "change"})
    town.bus.settle()
    return a_superuser()


def pages() -> list[tuple[str, str]]:
    """Every list of the staff side, every page of a thing in it, and every list to work from."""
    found = [(reverse("admin:desk_list", args=[name]), name) for name in (*OF_PEOPLE, *OF_HOLDS, *OF_BOOKS)]
    for model in admin.site._registry:
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        found.append((reverse(f"admin:{name}_changelist"), name))
        for pk in model._default_manager.values_list("pk", flat=True)[:20]:
            found += [(reverse(f"admin:{name}_{page}", args=[pk]), name) for page in ("change", "history")]
    return found


def test_every_page_answers(town: Town, sam: Door) -> None:
    erased = town.librarian.post(f"patrons/{town.jo.id}/erase", {"reason": "asked"})
    assert erased.status_code == 200, erased.json()
    town.bus.settle()
    statuses = {(name, sam.get(address).status_code) for address, name in pages()}
    assert {status for _name, status in statuses} <= {200, 302}
