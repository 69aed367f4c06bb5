"""One borrow can be followed from the request to the patron's page, and nothing that is told of it names a person."""

import re
import uuid

import pytest
from django.db import connection  # noqa: F401  named in a mark

from tests.watching.story import BORROW, LATER, PERSONAL, Story


def test_a_request_keeps_the_id_that_its_proxy_gave_it_and_else_gets_one(story: Story) -> None:
    assert story.given_ids[:2] == [BORROW, LATER]
    assert uuid.UUID(story.given_ids[2])


@pytest.mark.parametrize("request_id", [BORROW, LATER], ids=["at once", "decided later"])
def test_a_borrow_is_followed_by_its_id_to_the_row_on_the_page(story: Story, request_id: str) -> None:
    own = [line for line in story.lines if line.get("request_id") == request_id]
    (access,) = [line for line in own if line["logger"] == "library.requests"]
    assert (access["method"], access["route"]) == ("POST", "api/v1/loans")
    assert access["status"] == (201 if request_id == BORROW else 202)
    assert access["ms"] > 0
    told = {line["handler"] for line in own if line.get("event") == "BookBorrowed"}
    assert told == {
        "dashboard.handlers.show_loan",
        "catalog.handlers.follow_copies",
        "notices.handlers.follow_loan",
        "reporting.handlers.count_loans",
    }
    assert ("BookBorrowed", request_id) in story.events


def test_each_line_says_when_how_bad_and_who(story: Story) -> None:
    assert len(story.lines) > 20
    for line in story.lines:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["time"])
        assert {"level", "logger", "message"} <= line.keys()


def test_the_log_names_nobody(story: Story) -> None:
    personal = [*PERSONAL, str(story.patron_id), story.token.partition(" ")[2]]
    assert any(line["route"] == "api/v1/patrons" for line in story.lines if "route" in line)
    assert [word for word in personal if word in story.log] == []


def test_the_spans_of_request_and_delivery_share_one_trace(story: Story) -> None:
    services = {(span.service, span.name.partition(" ")[0]) for span in story.spans.of(BORROW)}
    assert {("library-web", "POST"), ("library-web", "publish"), ("library-worker", "deliver")} <= services


def test_spans_name_nobody(story: Story) -> None:
    personal = [*PERSONAL, str(story.patron_id), story.token.partition(" ")[2]]
    sent = b"\n".join(story.spans.sent)
    assert sent
    assert [word for word in personal if word.encode() in sent] == []


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="spans of statements are kept for PostgreSQL only")
def test_what_is_asked_of_the_database_is_shown_without_its_parameters(story: Story) -> None:
    asked = {span.attributes["db.statement"] for span in story.spans.of(BORROW) if "db.statement" in span.attributes}
    assert any("INSERT INTO eventbus_event" in statement for statement in asked)


def test_what_a_worker_asks_while_it_looks_for_work_is_no_trace(story: Story) -> None:
    alone = {span.name for span in story.spans.taken if len(story.spans.of(span.trace)) == 1}
    assert not [name for name in alone if name.startswith(("SELECT", "UPDATE", "INSERT"))]


def test_a_count_is_of_all_web_processes_and_never_goes_down(story: Story) -> None:
    def counted(figures: dict[str, float]) -> float:
        return figures['library_requests_total{method="GET",route="metrics",status="200"}']

    counts = [counted(figures) for figures in story.scrapes[1:]]
    assert counts == [counts[0] + number for number in range(len(counts))]
    assert len({figures["library_loans_total"] for figures in story.scrapes}) == 1


def test_a_worker_tells_at_its_door_what_its_processes_did(story: Story) -> None:
    assert story.worker_probes == [200, 200, 200, 404]
    done = 'library_deliveries_total{handler="dashboard.handlers.show_loan",outcome="done"}'
    assert story.worker_figures[done] >= 2
    assert story.worker_figures["library_loans_total"] == 1, "the one that was decided later"
    assert story.worker_figures["library_worker_restarts_total"] == 0


def test_the_last_sweep_is_told_by_web_although_a_command_did_it(story: Story) -> None:
    assert story.scrapes[-1]["library_sweep_last_seconds"] > 0
    assert story.scrapes[-1]["library_sweep_last_timestamp_seconds"] > 0
