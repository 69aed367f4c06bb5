"""Causes become notices by ranges of patrons."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from notices.finding import grouping
from notices.kinds import Kind
from notices.models import Cause, Notice
from tests.factories import Town, seoul

TODAY = date(2026, 3, 17)
PATRONS = (3, 5, 8, 13, 21, 34, 55)


@pytest.fixture(autouse=True)
def ranges_of_three(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose patrons are three ranges: two full ones and a rest."""
    town.moves_to(seoul(3, 17))
    monkeypatch.setattr(grouping, "BATCH", 3)


def causes(*patrons: int, kind: Kind = Kind.OVERDUE, waits: bool = True, minutes: int = 0) -> None:
    """One of each patron, which is due since so many minutes."""
    due_at = timezone.now() - timedelta(minutes=minutes)
    for patron in patrons:
        about = f"{kind}:{Cause.objects.count()}:{patron}"
        Cause.objects.create(kind=kind, about=about, patron_id=patron, thing_id=1, waits=waits, due_at=due_at)


def grouped() -> int:
    """What the clock does each minute; how many notices were made."""
    return grouping.make_notices(day=TODAY, now=timezone.localtime())


def in_notices() -> dict[int, list[int]]:
    """How many causes are in each notice of a patron."""
    found: dict[int, list[int]] = {}
    for notice in Notice.objects.order_by("pk"):
        found.setdefault(notice.patron_id, []).append(notice.causes.filter(state=Cause.State.NOTICED).count())
    return found


def test_each_patron_of_each_range_has_one_notice() -> None:
    causes(*PATRONS)
    causes(*PATRONS[::2], kind=Kind.DUE_SOON)
    assert grouped() == len(PATRONS)
    assert in_notices() == {patron: [2 - at % 2] for at, patron in enumerate(PATRONS)}
    assert grouped() == 0


def test_who_had_a_digest_today_waits_for_tomorrows() -> None:
    causes(*PATRONS[:4])
    grouped()
    causes(*PATRONS)
    assert grouped() == len(PATRONS[4:])
    assert in_notices() == {patron: [1] for patron in PATRONS}
    assert {cause.patron_id for cause in Cause.objects.filter(state="waiting")} == {*PATRONS[:4]}


def test_what_can_not_wait_takes_along_what_came_a_moment_ago() -> None:
    causes(*PATRONS[::2], kind=Kind.RECEIPT, waits=False, minutes=1)
    causes(*PATRONS, kind=Kind.RECEIPT, waits=False, minutes=-2)
    assert grouped() == 4
    assert in_notices() == {patron: [2] for patron in PATRONS[::2]}
    assert {cause.patron_id for cause in Cause.objects.filter(state="waiting")} == {*PATRONS[1::2]}
