"""What /metrics shows, as a test reads it."""

from tests.people import Person


def figures(person: Person) -> dict[str, float]:
    """Each figure by its name with its labels, as Prometheus would scrape them."""
    answer = person.get("/metrics")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    return read(answer.content.decode())


def read(text: str) -> dict[str, float]:
    """The figures of an answer."""
    lines = (line.rsplit(" ", 1) for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, value in lines}
