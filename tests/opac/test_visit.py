"""Hours and rules: what the calendar and the policies say, in words, for whom each holds."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.categories.models import Category
from catalog.models import CopyType
from lending.calendar.services import add_closure
from lending.policies.services import adopt_policy
from tests.opac.visitor import Visitor

pytestmark = pytest.mark.django_db


def rules(page: str) -> dict[str, list[str]]:
    """The sentences under each heading, those of copies behind those of patrons."""
    found: dict[str, list[str]] = {}
    patrons = ""
    for level, heading, sentence in re.findall(
        r"<h([23])>(.*?)</h\1>|<li>(.*?)</li>", page.split('class="rules"', 1)[1]
    ):
        if level == "2":
            patrons = heading
        if level:
            found[heading if level == "2" else f"{patrons}: {heading}"] = []
        elif found:
            found[list(found)[-1]].append(sentence)
    return {heading: sentences for heading, sentences in found.items() if sentences}


def test_without_policies_the_first_rules_hold_for_everybody() -> None:
    page = Visitor().see("/visit")
    assert "The library is open every day." in page
    said = rules(page)["What holds for everybody"]
    assert said[:4] == [
        "Lent for 14 days.",
        "At most 10 copies may be out.",
        "It may be renewed once, by 14 days.",
        "At most 5 books may be on hold.",
    ]
    assert "What comes back late costs a fee." in said


def test_each_category_and_type_reads_its_own_rules_and_no_rule_is_said_twice() -> None:
    now = timezone.now()
    for code, name in (("child", "Children"), ("teen", "Teenagers")):
        Category.objects.create(code=code, name_ko=name, name_en=name)
        adopt_policy(given={"loan.max_copies": 3}, category=code, now=now)
    CopyType.objects.create(code="reference", name_ko="참고", name_en="reference books")
    adopt_policy(given={"loan.for_loan": False}, copy_type="reference", now=now)

    said = rules(Visitor().see("/visit"))

    assert set(said) == {
        "What holds for Children, Teenagers",
        "What holds for everybody else: Reference books",
        "What holds for everybody else: Everything else",
    }
    assert said["What holds for everybody else: Reference books"] == ["Not for loan."]
    assert "At most 3 copies may be out." in said["What holds for Children, Teenagers"]


def test_the_days_that_are_closed_are_said_with_their_reason() -> None:
    day = timezone.localdate() + timedelta(days=2)
    add_closure(first=day, last=day, reason="보일러 공사", now=timezone.now(), by_id=None)
    page = Visitor(language="ko").see("/visit")
    assert f'<time datetime="{day.isoformat()}">' in page
    assert "보일러 공사" in page


def test_it_takes_few_statements() -> None:
    Visitor().see("/visit")
    with CaptureQueriesContext(connection) as queries:
        Visitor().see("/visit")
    assert len(queries) <= 12, [query["sql"][:90] for query in queries]
