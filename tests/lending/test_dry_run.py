"""A dry run says what a borrow would come to, and changes nothing."""

import pytest

from kernel.http.models import KeptAnswer
from tests.bus import Bus
from tests.factories import Town, everything_on_record, new_policy

KEY = {"Idempotency-Key": "a-look-first"}


@pytest.fixture
def bus() -> Bus:
    """One order of deliveries is enough."""
    return Bus()


def test_it_tells_what_would_be_and_changes_nothing(town: Town) -> None:
    new_policy(loan__days=21, loan__max_copies=1)
    patron, book, other = town.haneul, town.book(), town.book()
    before = everything_on_record()
    tried = patron.post("loans?dry_run=true", {"book": book}, headers=KEY)

    assert tried.status_code == 200
    assert tried.json().keys() == {"allowed", "due_on", "reasons", "explanation"}
    assert (tried.json()["allowed"], tried.json()["due_on"], tried.json()["reasons"]) == (True, "2026-03-23", [])
    assert tried.json()["explanation"]
    assert everything_on_record() == before
    assert not KeptAnswer.objects.filter(caller_id=town.haneul.id).exists()

    assert town.take(town.haneul, book)["due_on"] == "2026-03-23"
    refused = town.haneul.post("loans?dry_run=true", {"book": other}).json()
    assert (refused["allowed"], [reason["code"] for reason in refused["reasons"]]) == (False, ["loan_limit_reached"])
    assert refused["reasons"][0]["detail"] in refused["explanation"]


def test_the_desk_tries_with_the_words_of_the_desk(town: Town) -> None:
    new_policy(loan__for_loan=False)
    wanted = {"patron": town.jo.id, "book": town.book()}
    tried = town.librarian.post("loans?dry_run=true", wanted).json()
    assert (tried["allowed"], tried["due_on"]) == (False, None)
    decided = {**wanted, "override": ["not_for_loan"], "reason": "x", "borrowed_on": "2026-03-01"}
    tried = town.librarian.post("loans?dry_run=true", decided).json()
    assert (tried["allowed"], tried["due_on"]) == (True, "2026-03-15")


def test_what_is_not_there_is_not_found(town: Town) -> None:
    assert town.haneul.post("loans?dry_run=true", {"book": 999_999}).status_code == 404
    assert town.haneul.post("loans?dry_run=perhaps", {"book": town.book()}).status_code == 400
