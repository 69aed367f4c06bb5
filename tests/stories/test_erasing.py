"""Somebody is erased: afterwards the name is nowhere, wherever one looks, and nobody comes back by a file."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.applications.services import apply_for_card
from accounts.cards import replace_card
from accounts.models import User
from accounts.services import change_patron
from fines.models import Account
from fines.services import buy_off_suspension, pay_account, pay_out
from kernel.eventbus.models import Event
from kernel.eventbus.stream.log import gather_all
from lending.blocks.services import block_patron
from lending.families.services import make_family
from lending.models import Act, Block
from lending.queries import holders_of
from library.operations.drift import drift
from tests.accounts.importing.runs import a_table, figures, imported, reasons
from tests.admin.door import Door
from tests.api.test_events import read_all
from tests.bus import Bus
from tests.factories import Town, new_policy, refusal, seoul
from tests.lending.test_anonymise import built_anew, dashboard
from tests.people import PASSWORD, Person
from tests.stories.erased import OF_PEOPLE, every_cell

CARD, NEW_CARD, NAME, EMAIL = "Q-90210", "Q-90211", "Zephyrine Quux", "zephyrine@example.org"
PHONE, ADDRESS, GUARDIAN, NOTES = "010-9021-0210", "서울시 마포구 큐로 9", "Odalys Quux", "asks for large print"
WORDS = (CARD, NEW_CARD, NAME, "Zephyrine", EMAIL, PHONE, ADDRESS, GUARDIAN, NOTES)
DETAILS = {"phone": PHONE, "address": ADDRESS, "born_on": "2000-02-29", "guardian": GUARDIAN, "notes": NOTES}


def where_it_is_said() -> list[tuple[str, str]]:
    """Each place that has one of the words, with it."""
    return [(place, word) for place, text in every_cell() for word in WORDS if word.lower() in text.lower()]


@pytest.fixture
def quux(town: Town, tmp_path: Path) -> Person:
    """A life with everything in it that may leave a trace."""
    new_policy(late__as="both")
    wanted = {"card_number": CARD, "name": NAME, "email": EMAIL, "password": PASSWORD, **DETAILS}
    answer = town.librarian.post("patrons", wanted, headers={"Idempotency-Key": "first"})
    assert answer.status_code == 201, answer.json()
    quux = Person(User.objects.get(pk=answer.json()["id"]))
    apply_for_card(name=NAME, email=EMAIL, language="en", message="Please", address="127.0.0.1", now=seoul(3, 2))
    table = a_table(tmp_path, f"{CARD},{NAME} II,,,,,", f"{CARD},{NAME},,{PHONE},,,moved in")
    assert figures(imported(table))[0] == 2
    for password in ("wrong", PASSWORD):
        Client().post(reverse("opac:sign_in"), {"username": CARD, "password": password})
    browser = Client()
    browser.post(reverse("opac:sign_in"), {"username": CARD, "password": PASSWORD})
    town.bus.settle()

    wanted = town.book()
    town.lend(town.jo, wanted)
    assert quux.post("holds", {"book": wanted}).status_code == 201
    town.bus.settle()
    own = town.lend(quux, town.book())
    town.give_back(quux, own)
    late = town.lend_long_ago(quux, town.book())
    town.librarian.post("returns", {"barcode": late["copies"][0]["barcode"]}, headers={"Idempotency-Key": "second"})
    town.bus.settle()
    town.librarian.post("families", {"name": "two", "members": [quux.id, town.jo.id]})
    town.librarian.post(f"patrons/{quux.id}/blocks", {"reason": f"{NAME} was loud"})
    admin = Door(town.librarian.user)
    admin.send("accounts_user_change", quux.id, card_number=CARD, name=NAME, email=EMAIL, language="en", is_active="on")
    town.librarian.post(f"patrons/{quux.id}/card", {"card_number": NEW_CARD, "reason": "lost"})
    town.bus.settle()
    return quux


def erase(town: Town, person: Person, **headers: str) -> Any:
    """The librarian erases somebody."""
    return town.librarian.post(f"patrons/{person.id}/erase", {"reason": "asked for it"}, headers=headers)


@pytest.fixture
def bus() -> Bus:
    """The life is one; what comes of it in other orders: tests/lending/test_anonymise.py."""
    return Bus()


def test_nobody_is_found_who_was_erased(town: Town, quux: Person, tmp_path: Path) -> None:
    assert refusal(erase(town, quux)) == (409, "still_owes")
    town.librarian.post(f"patrons/{quux.id}/payments", {"amount": 2_000, "method": "cash"})
    town.bus.settle()
    assert {table for table, _word in where_it_is_said()} >= {"accounts_user", "django_admin_log", "http_keptanswer"}
    first = erase(town, quux, **{"Idempotency-Key": "third"})
    assert first.status_code == 200, first.json()
    assert erase(town, quux, **{"Idempotency-Key": "third"}).json() == first.json()
    assert town.librarian.post("loans", {"patron": quux.id, "book": town.book()}).status_code == 409
    assert town.librarian.post(f"patrons/{quux.id}/blocks", {"reason": NAME}).status_code == 404
    town.bus.settle()
    gather_all()

    assert where_it_is_said() == []
    assert quux.get("me").status_code == 401
    assert town.librarian.get(f"patrons/{quux.id}").status_code == 404
    assert town.librarian.get("patrons?q=Quux").json()["results"] == []
    assert town.librarian.get(f"loans?patron={quux.id}").json()["results"] == []
    assert town.librarian.get(f"fines?patron={quux.id}").json()["results"] == []
    log = Event.objects.exclude(name__in=OF_PEOPLE)
    assert not [event for event in log if quux.id in (event.payload.get("patron"), event.by)]
    streamed = [event for event in read_all(town.librarian) if event["type"] not in OF_PEOPLE]
    assert not [event for event in streamed if quux.id in (event["data"].get("patron"), event["by"])]
    assert not Act.objects.filter(by=quux.id)
    assert list(drift()) == []
    before = dashboard()
    assert built_anew() == before
    assert erase(town, quux).status_code in {200, 404}

    report = imported(a_table(tmp_path, f"{CARD},{NAME},,,,,", f"{NEW_CARD.lower()},{NAME},,,,,"))
    assert (figures(report)[1], [reason for _number, reason in reasons(report)]) == (0, ["erased", "erased"])
    again = {"card_number": CARD, "name": "Somebody Else", "email": "", "password": PASSWORD}
    assert refusal(town.librarian.post("patrons", again)) == (409, "card_number_taken")


def test_why_somebody_was_blocked_is_forgotten_and_nothing_is_made_up(town: Town) -> None:
    block = town.librarian.post(f"patrons/{town.haneul.id}/blocks", {"reason": "was loud"}).json()
    assert erase(town, town.haneul).status_code == 200
    lifted = town.librarian.post(f"blocks/{block['id']}/lift", {"reason": "gone"})
    assert (lifted.status_code, lifted.json()) == (200, {**block, "reason": ""})


def test_nothing_is_done_any_more_with_who_was_erased(town: Town) -> None:
    family = town.librarian.post("families", {"name": "Marchs", "members": [town.jo.id]}).json()["id"]
    gone = town.haneul.id
    assert erase(town, town.haneul).status_code == 200
    members = {"members": [town.jo.id, gone]}
    assert town.librarian.patch(f"families/{family}", members).status_code in {400, 404}
    town.bus.settle()

    assert refusal(town.librarian.patch(f"families/{family}", members)) == (400, "invalid")
    calls = {
        "blocks": {"reason": "x"},
        "payments": {"amount": 1},
        "payouts": {"amount": 1, "reason": "x"},
        "buy-off": {},
    }
    calls["card"] = {"card_number": "Z-1", "reason": "x"}
    for call, body in calls.items():
        assert refusal(town.librarian.post(f"patrons/{gone}/{call}", body)) == (404, "not_found"), call
    for call in ("account", "blocks", "history"):
        assert refusal(town.librarian.get(f"patrons/{gone}/{call}")) == (404, "not_found"), call
    assert (Account.objects.filter(pk=gone).count(), Block.objects.filter(patron=gone).count()) == (1, 0)


def test_what_was_decided_before_comes_too_late_for_who_was_erased(town: Town) -> None:
    gone, now = town.haneul.id, seoul(3, 2)
    assert erase(town, town.haneul).status_code == 200
    town.bus.settle()
    late: list[tuple[Any, dict[str, Any]]] = [
        (replace_card, {"person_id": gone, "card_number": "Z-1", "reason": "x"}),
        (change_patron, {"patron_id": gone, "name": NAME}),
        (pay_account, {"patron_id": gone, "amount": 1, "by_id": town.librarian.id}),
        (pay_out, {"patron_id": gone, "amount": 1, "reason": "x", "by_id": town.librarian.id}),
        (buy_off_suspension, {"patron_id": gone, "category": "", "by_id": town.librarian.id}),
        (block_patron, {"patron_id": gone, "reason": "x", "until": None, "by_id": None}),
        (make_family, {"name": "x", "members": [gone]}),
    ]
    for service, words in late:
        with pytest.raises(ObjectDoesNotExist):
            service(**words, now=now)
    assert User.objects.get(pk=gone).name == ""
    assert holders_of(User.objects.get(pk=gone).card_number) == []


def test_what_is_open_is_in_the_way_with_all_reasons(town: Town) -> None:
    town.fines(town.haneul)
    town.lend(town.haneul, town.book())
    answer = erase(town, town.haneul)
    assert [reason["code"] for reason in answer.json()["reasons"]] == ["still_owes", "still_has_copies"]
    assert (answer.json()["owed"], answer.json()["loans"]) == (2_000, 1)
    town.librarian.post(f"patrons/{town.jo.id}/payments", {"amount": 700, "method": "cash"})
    town.bus.settle()
    assert refusal(erase(town, town.jo)) == (409, "still_has_credit")
    town.librarian.post(f"patrons/{town.jo.id}/payouts", {"amount": 700, "reason": "moves away"})
    town.bus.settle()
    assert erase(town, town.jo).status_code == 200
    assert refusal(erase(town, town.librarian)) == (409, "still_on_staff")
    assert town.librarian.post("patrons/999999/erase", {"reason": "x"}).status_code == 404
    assert town.haneul.post(f"patrons/{town.haneul.id}/erase", {"reason": "x"}).status_code == 403


def test_a_fee_that_was_on_its_way_falls_to_nobody(town: Town) -> None:
    loan = town.lend_long_ago(town.haneul, town.book())
    assert town.haneul.post(f"loans/{loan['id']}/return").status_code == 200
    assert erase(town, town.haneul).status_code == 200
    town.bus.settle()
    assert town.librarian.get(f"fines?patron={town.haneul.id}").json()["results"] == []
    assert town.librarian.get("fines?status=outstanding").json()["results"] == []
    assert list(drift()) == []


def test_the_staff_side_asks_before_it_erases(town: Town) -> None:
    admin, account = Door(town.librarian.user), town.haneul.id
    town.bus.settle()
    chosen = {"action": "erase", "_selected_action": account}
    assert "can&#x27;t be taken back" in admin.send("lending_patron_changelist", **chosen)
    done = admin.send("lending_patron_changelist", **chosen, confirmed="yes", reason="asked for it")
    assert "Erased: 1." in done
    town.bus.settle()
    assert User.objects.get(pk=account).name == ""


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (b"{0} 2026-03-02\ncard_number,name\n", "has no number in front"),
        (b"{0} 2026-03-02\n\xb5\xb5\n", "is no text in UTF-8"),
        (b"{0} 2026-03-02\n99999999999999999999 2026-03-02\n", "has no number in front"),
    ],
)
def test_nobody_is_erased_by_what_is_no_list(town: Town, tmp_path: Path, written: bytes, why: str) -> None:
    path = tmp_path / "erased.txt"
    path.write_bytes(written.replace(b"{0}", str(town.haneul.id).encode()))
    with pytest.raises(CommandError, match=why):
        call_command("erase_patrons", "--again", str(path))
    town.bus.settle()
    assert User.objects.get(pk=town.haneul.id).name


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_list_that_windows_wrote_is_read(town: Town, tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "erased.txt"
    path.write_text(f"{town.haneul.id} 2026-03-02\r\n", encoding=encoding)
    call_command("erase_patrons", "--again", str(path), stdout=StringIO())
    town.bus.settle()
    assert User.objects.get(pk=town.haneul.id).name == ""


def test_what_was_left_of_who_acted_on_holds_goes_too(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "erased.txt"
    path.write_text(f"{town.jo.id}\n")
    assert erase(town, town.jo).status_code == 200
    acts = [
        Act.objects.create(what="HoldPlaced", at=seoul(3, 2), by=one.id, via="api") for one in (town.jo, town.haneul)
    ]
    call_command("erase_patrons", "--again", str(path), stdout=StringIO())
    assert [Act.objects.get(pk=act.pk).by for act in acts] == [None, town.haneul.id]


def test_who_was_erased_is_erased_again_behind_a_restore(town: Town, tmp_path: Path) -> None:
    assert erase(town, town.jo).status_code == 200
    town.bus.settle()
    listed = StringIO()
    call_command("erase_patrons", "--list", stdout=listed)
    assert listed.getvalue() == f"{town.jo.id} 2026-03-02\n"
    loan = town.lend(town.haneul, town.book())
    path = tmp_path / "erased.txt"
    path.write_text(f"{town.jo.id} 2026-03-02\n{town.haneul.id}\n999999 2026-01-01\n")
    with pytest.raises(CommandError, match=f"{town.haneul.id}: 1 loan is still open"):
        call_command("erase_patrons", "--again", str(path))
    town.give_back(town.haneul, loan)
    call_command("erase_patrons", "--again", str(path), stdout=listed)
    town.bus.settle()
    assert User.objects.get(pk=town.haneul.id).card_number == f"erased-{town.haneul.id}"
