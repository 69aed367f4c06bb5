"""The pages are rebuilt from the event log, and compared with what they tell of."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from dashboard.models import FeeRow, FineRow, LoanRow, UserInfo
from fines.schedules.services import adopt_fee_schedule
from kernel.eventbus.models import Delivery
from tests.bus import Bus
from tests.factories import Town, opening_day

pytestmark = pytest.mark.django_db


def check() -> str:
    """What the check prints when all is well."""
    out = StringIO()
    call_command("check_dashboard", stdout=out)
    return out.getvalue()


def faults() -> list[str]:
    """What the check prints when it fails."""
    out = StringIO()
    with pytest.raises(CommandError, match="replay dashboard") as stopped:
        call_command("check_dashboard", stdout=out)
    lines = out.getvalue().splitlines()
    assert str(stopped.value).startswith(f"{len(lines)} rows differ")
    assert stopped.value.returncode == 1
    return lines


def rebuild() -> str:
    """Replays the log into the pages."""
    out = StringIO()
    call_command("replay", "dashboard", stdout=out)
    return out.getvalue()


@pytest.fixture(scope="module")
def busy(lasting: None) -> Iterator[Town]:
    """A town where much has happened: a cancelled, an overdue, a part returned and a renewed loan, three fines."""
    with opening_day(Bus()) as town:
        much_happens(town)
        yield town


def much_happens(town: Town) -> None:
    """All that."""
    one, two, _ = town.fines(town.haneul, 3)
    town.librarian.post(f"fines/{one['id']}/payments", {"amount": 700})
    town.librarian.post(f"fines/{two['id']}/waive", {"reason": "장마"})
    book = town.book(copies=6)
    cancelled = town.take(town.jo, book)
    town.librarian.delete(f"copies/{cancelled['copies'][0]['id']}")
    town.lend_long_ago(town.haneul, book, quantity=2)
    town.give_back(town.jo, town.lend(town.jo, book, quantity=2), quantity=1)
    town.jo.post(f"loans/{cancelled['id']}/renew")
    call_command("sweep_overdue", stdout=StringIO())
    town.bus.settle()


def test_right_pages_are_told_to_be_right(busy: Town) -> None:
    assert check() == "The patrons' pages agree with lending and fines.\n"


def test_a_damaged_loan_is_named_and_put_right(busy: Town) -> None:
    before = busy.page(busy.haneul)
    row = LoanRow.objects.filter(patron_id=busy.haneul.id, outstanding=2).get()
    LoanRow.objects.filter(pk=row.pk).update(outstanding=7, title="???")

    (line,) = faults()
    assert line.startswith(f"loan {row.pk}: ")
    assert "outstanding 2" in line
    assert "outstanding 7" in line
    rebuild()
    assert check()
    assert busy.page(busy.haneul) == before


def test_a_damaged_fine_is_named_and_put_right(busy: Town) -> None:
    before = busy.page(busy.haneul)
    row = FineRow.objects.filter(patron_id=busy.haneul.id, paid=700).get()
    FineRow.objects.filter(pk=row.pk).update(owed=1, days_late=3, explanation_ko="?")

    (line,) = faults()
    assert line.startswith(f"fine {row.pk}: ")
    rebuild()
    assert check()
    assert busy.page(busy.haneul) == before


@pytest.mark.parametrize("damage", [{"days_late": 3}, {"explanation_en": "?"}, {"explanation_ko": "?"}])
def test_every_word_of_a_fine_is_compared(busy: Town, damage: dict[str, object]) -> None:
    row = FineRow.objects.filter(patron_id=busy.haneul.id, paid=700).get()
    FineRow.objects.filter(pk=row.pk).update(**damage)
    assert [line.split(":")[0] for line in faults()] == [f"fine {row.pk}"]


def test_pages_that_are_gone_come_back_from_the_log(busy: Town) -> None:
    before = busy.page(busy.haneul), busy.page(busy.jo)
    loans, fines = LoanRow.objects.count(), FineRow.objects.count()
    for model in (LoanRow, FineRow, FeeRow, UserInfo):
        model.objects.all().delete()
    kinds = [line.split()[0] for line in faults()]
    assert (kinds.count("loan"), kinds.count("fine")) == (loans, fines)
    assert busy.page(busy.haneul)["loans"] == []

    told = rebuild()
    assert "dashboard.handlers.show_loan: " in told
    assert check()
    assert (busy.page(busy.haneul), busy.page(busy.jo)) == before
    assert busy.librarian.get(f"dashboard/{busy.jo.id}").status_code == 200


def test_what_is_over_has_no_title_and_one_that_an_older_release_kept_is_right(busy: Town) -> None:
    loan = busy.lend(busy.haneul, busy.book(title="광장"))
    row = LoanRow.objects.filter(pk=loan["id"])
    assert row.get().title == "광장"
    busy.give_back(busy.haneul, loan)
    assert row.get().title == ""
    row.update(title="광장")
    assert check()


def test_a_fee_that_is_gone_from_the_pages_is_named(busy: Town) -> None:
    today = timezone.localdate()
    adopt_fee_schedule(valid_from=today, given={"tiers": {1: 70}}, now=timezone.now())
    busy.bus.settle()
    FeeRow.objects.all().delete()
    (line,) = faults()
    assert "70" in line
    rebuild()
    assert check()


def test_a_row_that_tells_of_nothing_is_named(busy: Town) -> None:
    LoanRow.objects.create(
        loan_id=404_404, patron_id=busy.jo.id, title="Ghost", status="active", outstanding=1, version=1
    )
    (line,) = faults()
    assert line.startswith("loan 404404: on record nothing, on the page ")


def test_what_has_not_been_heard_of_yet_is_named_too(busy: Town) -> None:
    loan = busy.take(busy.haneul, busy.book())
    named = [line.split(":")[0] for line in faults()]
    assert named == [f"loan {loan['id']}", f"copy {loan['copies'][0]['id']}"]
    busy.bus.settle()
    assert check()


def test_a_loan_that_is_only_asked_for_is_on_no_page(busy: Town) -> None:
    busy.ask_for(busy.haneul, busy.book())
    assert check()


def test_rebuilding_twice_and_while_events_wait_changes_nothing(busy: Town) -> None:
    busy.take(busy.haneul, busy.book())
    waiting = Delivery.objects.filter(status="waiting").count()
    rebuild()
    page = busy.page(busy.haneul)
    rebuild()
    assert busy.page(busy.haneul) == page
    assert Delivery.objects.filter(status="waiting").count() == waiting
    busy.bus.settle()
    assert check()
    assert busy.page(busy.haneul) == page


def test_a_rebuilding_can_be_tried_first(busy: Town) -> None:
    LoanRow.objects.all().delete()
    out = StringIO()
    call_command("replay", "dashboard.handlers.show_loan", "--dry-run", stdout=out)
    assert "events would be delivered" in out.getvalue()
    assert LoanRow.objects.count() == 0


def test_nobody_of_that_name_is_replayed(busy: Town) -> None:
    with pytest.raises(CommandError, match="No handler is named dashbored"):
        call_command("replay", "dashbored")


def test_pages_built_from_empty_lose_what_the_log_does_not_tell(busy: Town) -> None:
    before = busy.page(busy.haneul)
    LoanRow.objects.create(
        loan_id=9_999, patron_id=busy.haneul.id, title="유령", status="active", outstanding=1, version=1
    )
    LoanRow.objects.exclude(loan_id=9_999).update(outstanding=3, version=1_000)

    call_command("replay", "dashboard", "--from-empty", stdout=StringIO())

    assert busy.page(busy.haneul) == before
    assert check() == "The patrons' pages agree with lending and fines.\n"


def test_a_dry_run_tells_nobody_anything(busy: Town) -> None:
    LoanRow.objects.all().delete()
    out = StringIO()

    call_command("replay", "dashboard", "--from-empty", "--dry-run", stdout=out)

    assert "events would be delivered" in out.getvalue()
    assert not LoanRow.objects.exists()


@pytest.mark.parametrize(
    ("asked", "why"), [(("nobody",), "No handler is named"), (("lending", "--from-empty"), "Only a read model")]
)
def test_what_can_not_be_replayed_is_refused(busy: Town, asked: tuple[str, ...], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        call_command("replay", *asked)
