"""What every answer of the API keeps to."""

from typing import Any

ONE_LOAN = {
    "id", "patron", "book", "volume", "title", "quantity", "outstanding", "status", "borrowed_at", "due_on",
    "returned_at", "overdue", "renewals", "cancel_reason", "reasons", "copies",
}  # fmt: skip
ONE_RETURN = {"return_id", "days_late", "days_counted", "hold", "suspended_until"}
ONE_HOLD = {
    "id", "patron", "book", "volume", "title", "status", "position", "placed_at", "suspended_until", "ready_since",
    "pickup_by", "copy",
}  # fmt: skip
ONE_MARKED = {"id", "barcode", "where", "condition", "loan"}
ONE_ENTRY = {"at", "what", "by", "via", "reason"}
ONE_BLOCK = {"id", "kind", "reason", "since", "until"}
ONE_FAMILY = {"id", "name", "members"}
ONE_BOOK = {
    "id", "isbn", "title", "authors", "publisher", "published_year", "language", "subjects", "call_number",
    "description", "volume", "class", "series", "other_titles", "other_isbns", "copies_total", "copies_available",
}  # fmt: skip
ONE_COPY = {
    "id", "book", "barcode", "type", "for_loan", "shelving_mark", "volume", "copy_number", "price", "items",
    "condition", "where", "loan", "on_loan", "added_at",
}  # fmt: skip
ONE_FINE = {
    "id", "patron", "kind", "loan", "title", "amount", "paid", "currency", "days_late", "status", "charged_at",
    "explanation",
}  # fmt: skip
ONE_RULE = {"id", "valid_from", "closed", "if_holiday", "holidays", "open_on"}
ONE_CLOSURE = {"id", "from", "to", "reason", "late_days_count"}
ONE_OPENING = {"id", "date", "reason"}
ONE_DAY = {"date", "open", "why"}
ONE_PERSON = {"id", "card_number", "name", "email", "language", "roles"}
ONE_PATRON = ONE_PERSON | {
    "category", "expires_on", "phone", "address", "postal_code", "born_on", "guardian", "consent_until", "notes",
}  # fmt: skip


def refused(answer: Any, status: int, code: str, *fields: str) -> dict[str, Any]:
    """The problem document, after it was checked to be one; `fields` are those that the faults stand at."""
    assert answer["Content-Type"] == "application/problem+json", answer.content
    document: dict[str, Any] = answer.json()
    assert (answer.status_code, document["status"], document["code"]) == (status, status, code), document
    assert document["type"] == f"urn:library:problem:{code}"
    assert document["title"]
    assert document["detail"]
    assert {fault["field"] for fault in document.get("errors", [])} == set(fields), document
    assert all(fault["message"] for fault in document.get("errors", []))
    return document


def done(answer: Any, status: int = 200) -> Any:
    """The body of an answer of that status."""
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None
