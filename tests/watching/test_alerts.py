"""The alerts and the dashboard name nothing that /metrics does not show, and each alert says what to do."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from library.settings import BASE_DIR
from tests.watching.story import Story

RULES = BASE_DIR / "deploy" / "prometheus" / "alerts.yaml"
DASHBOARD = BASE_DIR / "deploy" / "grafana" / "library.json"
OPERATIONS = BASE_DIR / "docs" / "operations.md"
SCRAPED = {"job", "instance"}
"""Labels that Prometheus gives by itself; `up` is its own too."""


def alerts() -> list[dict[str, Any]]:
    """Every rule."""
    return [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]


def expressions() -> Iterator[str]:
    """All that Prometheus is asked, by rules and by panels."""
    yield from (rule["expr"] for rule in alerts())
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel["targets"]:
            yield target["expr"].replace("$__rate_interval", "5m")


def labels_of(selector: Any) -> set[str]:
    """The labels that a selector's matchers name."""
    return {matcher.name for matcher in selector.matchers.matchers}


def named_in(node: Any) -> Iterator[tuple[str, set[str]]]:
    """The metrics that a parsed expression names, each with the labels it is chosen or grouped by."""
    match node:
        case promql_parser.VectorSelector():
            yield str(node.name), labels_of(node)
        case promql_parser.MatrixSelector():
            yield from named_in(node.vector_selector)
        case promql_parser.AggregateExpr():
            by = set(node.modifier.labels) if node.modifier else set()
            yield from ((name, labels | by) for name, labels in named_in(node.expr))
        case promql_parser.BinaryExpr():
            yield from named_in(node.lhs)
            yield from named_in(node.rhs)
        case promql_parser.ParenExpr() | promql_parser.UnaryExpr() | promql_parser.SubqueryExpr():
            yield from named_in(node.expr)
        case promql_parser.Call():
            for argument in node.args:
                yield from named_in(argument)
        case _:
            assert isinstance(node, promql_parser.NumberLiteral | promql_parser.StringLiteral), node


def shown(*texts: str) -> dict[str, set[str]]:
    """Every figure's name with its labels."""
    found: dict[str, set[str]] = {}
    for text in texts:
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                found.setdefault(sample.name, set()).update(sample.labels)
    return found


def test_every_metric_and_label_that_is_named_exists(story: Story) -> None:
    there = shown(story.web_text, story.worker_text) | {"up": set()}
    asked = [pair for expression in expressions() for pair in named_in(promql_parser.parse(expression))]
    assert len(asked) > 30
    assert [
        (name, labels) for name, labels in asked if not labels - SCRAPED <= there.get(name, {"no such metric"})
    ] == []
    assert {name for name, _ in asked} <= there.keys()


@pytest.mark.parametrize(
    "wrong", ["library_no_such", 'library_database_up{shelf="3"}', "sum by (shelf) (library_loans_total)"]
)
def test_the_test_for_names_can_fail(wrong: str) -> None:
    ((name, labels),) = named_in(promql_parser.parse(wrong))
    there = {"library_database_up": {"database"}, "library_loans_total": set()}
    assert name not in there or not labels <= there[name]


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: rule["alert"])
def test_an_alert_says_what_it_means_and_where_it_is_told_what_to_do(rule: dict[str, Any]) -> None:
    told = rule["annotations"]
    assert told["summary"].endswith(".")
    assert told["description"].endswith(".")
    assert told["runbook_url"] == f"docs/operations.md#{rule['alert'].lower()}"
    assert rule["labels"]["severity"] in {"page", "ticket"}


def test_every_alert_has_its_paragraph_and_every_paragraph_its_alert() -> None:
    section = OPERATIONS.read_text(encoding="utf-8").partition("## When this alert fires")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"^### (\w+)$", section, re.M)) == sorted(rule["alert"] for rule in alerts())


def test_the_dashboard_can_be_imported() -> None:
    board = json.loads(Path(DASHBOARD).read_text())
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    assert all(panel["title"] and panel["description"] for panel in board["panels"])
