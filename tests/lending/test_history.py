"""RULES 5.4: what became of a copy and of a patron's loans, newest first, by whom, by which door and why."""

from typing import Any

from lending.erasing.tasks import anonymise_unwanted_history
from tests.factories import Town, seoul
from tests.people import Person


def whole(person: Person, path: str, size: int = 100) -> list[dict[str, Any]]:
    """All entries, page by page, and back again to the first."""
    page = person.get(f"{path}?page_size={size}").json()
    entries, first = list(page["results"]), page["results"]
    pages = [page["results"]]
    while page["next"]:
        page = person.get(page["next"].split("/api/v1/")[1]).json()
        entries += page["results"]
        pages.append(page["results"])
    for before in reversed(pages[:-1]):
        page = person.get(page["previous"].split("/api/v1/")[1]).json()
        assert page["results"] == before
    assert page["results"] == first
    assert page["previous"] is None or person.get(page["previous"].split("/api/v1/")[1]).json()["results"] == []
    return entries


def a_story(town: Town) -> tuple[int, dict[str, Any]]:
    """A copy that is lent at the desk, renewed, marked twice, and lent again by the patron."""
    book = town.book()
    wanted = {"patron": town.haneul.id, "book": book, "override": ["loan_limit_reached"], "reason": "방학 동안"}
    loan = town.librarian.post("loans", wanted).json()
    copy = loan["copies"][0]["id"]
    town.moves_to(seoul(3, 9))
    assert town.haneul.post(f"loans/{loan['id']}/renew").status_code == 200
    town.moves_to(seoul(3, 12))
    assert town.librarian.post(f"copies/{copy}/mark", {"as": "lost", "reason": "버스에"}).status_code == 200
    town.moves_to(seoul(3, 14))
    assert town.librarian.post(f"copies/{copy}/mark", {"as": "found"}).status_code == 200
    town.bus.settle()
    town.moves_to(seoul(3, 15))
    again = town.lend(town.haneul, book)
    town.moves_to(seoul(3, 16))
    town.give_back(town.haneul, again)
    return copy, loan


def test_a_copys_history(town: Town) -> None:
    copy, _loan = a_story(town)
    ada, haneul = town.librarian.id, town.haneul.id
    entries = whole(town.librarian, f"copies/{copy}/history")
    assert [(entry["what"], entry["by"], entry["via"], entry["reason"]) for entry in entries] == [
        ("BookReturned", haneul, "api", ""),
        ("BookBorrowed", haneul, "api", ""),
        ("CopyFound", ada, "api", ""),
        ("CopyLost", ada, "api", "버스에"),
        ("LoanRenewed", haneul, "api", ""),
        ("BookBorrowed", ada, "api", "방학 동안"),
    ]
    assert entries[0].keys() == {"at", "what", "by", "via", "reason"}
    assert entries[3]["at"].startswith("2026-03-12T10:00:00")


def test_a_patrons_history(town: Town) -> None:
    a_story(town)
    names = [entry["what"] for entry in whole(town.librarian, f"patrons/{town.haneul.id}/history")]
    assert names == ["BookReturned", "BookBorrowed", "CopyFound", "CopyLost", "LoanRenewed", "BookBorrowed"]
    assert whole(town.librarian, f"patrons/{town.jo.id}/history") == []


def test_pages_leave_nothing_out_and_repeat_nothing(town: Town) -> None:
    copy, _loan = a_story(town)
    (barcode,) = {
        line["barcode"] for line in town.librarian.get(f"copies?barcode={_barcode(town, copy)}").json()["results"]
    }
    for _ in range(3):  # at the very same moment
        assert town.librarian.post("loans", {"patron": town.jo.id, "barcode": barcode}).status_code == 201
        assert town.librarian.post("returns", {"barcode": barcode}).status_code == 200
    every = whole(town.librarian, f"copies/{copy}/history")
    assert len(every) == 12
    for size in (1, 2, 5):
        assert whole(town.librarian, f"copies/{copy}/history", size) == every


def test_a_history_is_for_librarians(town: Town) -> None:
    copy, _loan = a_story(town)
    for path in (f"copies/{copy}/history", f"patrons/{town.haneul.id}/history"):
        assert town.haneul.get(path).status_code == 403
        assert town.librarian.get(f"{path}?cursor=x").status_code == 400
        assert town.librarian.get(f"{path}?colour=red").status_code == 400
    assert town.librarian.get("copies/987654/history").status_code == 404
    assert town.librarian.get("patrons/987654/history").status_code == 404


def _barcode(town: Town, copy: int) -> str:
    return str(town.librarian.get(f"copies/{copy}").json()["barcode"])


def test_blocks_and_suspensions_are_in_a_patrons_history(town: Town) -> None:
    town.librarian.post("policies", {"valid_from": "2026-03-02", "late": {"as": "suspension"}})
    path = f"patrons/{town.haneul.id}"
    block = town.librarian.post(f"{path}/blocks", {"reason": "책 훼손", "until": None}).json()
    town.librarian.post(f"blocks/{block['id']}/lift", {"reason": "변상"})
    loan = town.take(town.haneul, town.book())
    town.moves_to(seoul(3, 20))
    town.librarian.post(f"loans/{loan['id']}/return")
    (running,) = town.librarian.get(f"{path}/blocks").json()["results"]
    town.librarian.post(f"blocks/{running['id']}/lift", {"reason": "폭설"})
    entries = whole(town.librarian, f"{path}/history")
    assert [(entry["what"], entry["reason"]) for entry in entries if entry["what"][:4] != "Book"] == [
        ("SuspensionLifted", "폭설"),
        ("PatronSuspended", ""),
        ("BlockLifted", "변상"),
        ("PatronBlocked", "책 훼손"),
    ]
    assert {entry["by"] for entry in entries if entry["what"] != "BookBorrowed"} == {town.librarian.id}


def test_ones_own_history_is_what_one_has_brought_back_and_keeps(town: Town) -> None:
    first, second = (town.lend(town.haneul, town.book(copies=2)) for _ in range(2))
    town.lend(town.haneul, town.book())
    town.give_back(town.jo, town.lend(town.jo, town.book()))
    for loan in (first, second):
        town.give_back(town.haneul, loan)
    listed = town.haneul.get("loans?status=returned").json()["results"]
    assert town.haneul.get("me/history").json() == {"next": None, "previous": None, "results": listed}
    assert [loan["id"] for loan in listed] == [second["id"], first["id"]]
    assert town.haneul.get("me/history?page_size=1").json()["next"]

    assert town.haneul.patch("me", {"keep_history": False}).status_code == 200
    town.clock.shift(1)
    anonymise_unwanted_history()
    assert town.haneul.get("me/history").json()["results"] == []
    assert len(town.jo.get("me/history").json()["results"]) == 1


def test_a_refusal_says_to_librarians_which_loan_has_the_copy(town: Town) -> None:
    book = town.book()
    loan = town.lend(town.haneul, book)
    (copy,) = loan["copies"]
    wanted = {"patron": town.jo.id, "barcode": copy["barcode"]}
    assert town.librarian.post("loans", wanted).json()["loan"] == loan["id"]
    assert town.librarian.post(f"copies/{copy['id']}/mark", {"as": "damaged"}).json()["loan"] == loan["id"]
    assert "loan" not in town.librarian.post("loans", {"patron": town.jo.id, "book": book}).json()
    assert "loan" not in town.jo.post("loans", {"book": book}).json()

    back = town.give_back(town.haneul, loan)
    again = town.lend(town.jo, book)
    answer = town.librarian.post(f"returns/{back['return_id']}/undo", {"reason": "잘못"}).json()
    assert (answer["code"], answer["loan"]) == ("not_undoable", again["id"])


def test_a_return_that_was_undone_is_told_of_the_copy_too(town: Town) -> None:
    loan = town.take(town.haneul, town.book())
    copy = loan["copies"][0]["id"]
    made = town.librarian.post("returns", {"barcode": loan["copies"][0]["barcode"]}).json()
    town.moves_to(seoul(3, 3))
    assert town.librarian.post(f"returns/{made['return_id']}/undo", {"reason": "다른 책"}).status_code == 200
    town.moves_to(seoul(3, 4))
    town.give_back(town.haneul, loan)
    told = ["BookReturned", "ReturnUndone", "BookReturned", "BookBorrowed"]
    for path in (f"copies/{copy}/history", f"patrons/{town.haneul.id}/history"):
        entries = whole(town.librarian, path, size=1)
        assert [entry["what"] for entry in entries] == told
        assert [entry["by"] for entry in entries] == [town.haneul.id, *[town.librarian.id] * 2, town.haneul.id]
