"""The product speaks plain technical English: words that were coined here once do not come back.

`names` are refused as parts of identifiers, file names and code in backticks; `text` in docstrings, comments, other
strings, templates and pages. Both are regular expressions; a name is read in lower case, its parts joined by `_`.
docs/words.md is the vocabulary.
"""

import io
import re
import token
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from django.conf import settings

from tests.architecture.test_contexts import PRODUCT, sources

BASE_DIR: Path = settings.BASE_DIR
IN_BACKTICKS = re.compile(r"`([^`\n]+)`")
PROGRAMS = "examples", "deploy"
PAGES = "[!C]*.md", "CONTRIBUTING.md", "docs/*.md", "docs/decisions/*.md"  # CHANGELOG.md tells what was
FOR_USERS = {
    *("lending_in_line", "lending_patience", "_in_line", "_breaker", "_breaker_changes_total"),
    *("library_lending_in_line", "library_put_off", "library_breaker_open"),
}
"""Settings, health checks, metrics and alerts: operators have them in files of their own, so they keep their names."""


class Coined(NamedTuple):
    """A word of our own making, and the field's word for it."""

    instead: str
    names: str = ""
    text: str = ""


COINED = (
    Coined("health check", names="knock(s|ed|ing)?", text="knock(s|ed|ing)?"),
    Coined("group commit", names="together"),
    Coined("deferral", names="put_?off|putting_off|note_re(quest|turn)", text="put(s|ting)?[ -]off"),
    Coined("allocation, checkout", names="hand(s|ed|ing)?_over", text="hand(s|ed|ing)? over"),
    Coined("at the desk, on the staff side", names="in_person|at_the_desk", text="in person"),
    Coined("payload, fields, values, record, deliver", names="tells?|told|telling"),
    Coined("outcome, log", names="noting"),
    Coined("dispatch", names="carriers?", text="carriers?"),
    Coined("projection lag", names="lateness"),
    Coined("retention", names="forgetting|forget_old", text="forgetting"),
    Coined("borrow request", names="wish(es|ed)?"),
    Coined("eligibility", names="standings?"),
    Coined("admission control", names="guarded(_by)?"),
    Coined("bulkhead, slot", names="no_place"),
    Coined("load shedding, capacity", names="short_of_room", text="short of room"),
    Coined("circuit breaker", names="(?<!circuit_)breakers?", text="(?<!circuit.)breakers?"),
    Coined("writer queue", names="fair_line|in_line", text="fair line|stands? in line"),
    Coined("draining", names="leaving"),
    Coined("pending", names="(?<!loan_)(?<!return_)(?<!renewal_)undone"),
    Coined("dead letter", names="bury|buries|buried|given_up", text="bur(y|ies|ied)"),
    Coined("retry", names="persistently", text="persistently"),
    Coined("timeout", names="patience"),
    Coined("lease", names="(take|end)_turn"),
)


class Said(NamedTuple):
    """A name or a text of the product."""

    place: str
    line: int
    is_name: bool
    words: str


def snake(name: str) -> str:
    """`CircuitBreaker` and `CIRCUIT_BREAKER` as `circuit_breaker`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def said_in_python(place: str, source: str) -> Iterator[Said]:
    """Every name, comment and string of a program."""
    for part in tokenize.generate_tokens(io.StringIO(source).readline):
        if part.type == token.NAME:
            yield Said(place, part.start[0], True, snake(part.string))
        elif part.type in (token.COMMENT, token.STRING):
            for number, line in enumerate(part.string.splitlines(), start=part.start[0]):
                yield from said_in_text(place, number, line)


def said_in_text(place: str, number: int, line: str) -> Iterator[Said]:
    """What a line says, and the names in its backticks."""
    yield Said(place, number, False, IN_BACKTICKS.sub("", line).lower())
    for code in IN_BACKTICKS.findall(line):
        if "::" not in code:  # a test is named for what people do
            yield from (Said(place, number, True, snake(name)) for name in re.findall(r"\w+", code))


def is_for_users(said: Said) -> bool:
    """Whether a page names there what operators know."""
    return said.place.endswith(".md") and said.words in FOR_USERS


@cache
def everything_said() -> list[Said]:
    """All of the product and its pages."""
    said = []
    for path in sources(*PRODUCT, *PROGRAMS):
        place = str(path.relative_to(BASE_DIR))
        said += [Said(place, 0, True, snake(part)) for part in Path(place).with_suffix("").parts]
        said += said_in_python(place, path.read_text(encoding="utf-8"))
    templates = [page for folder in PRODUCT for page in (BASE_DIR / folder).rglob("*.html")]
    for path in [*templates, *(page for pages in PAGES for page in BASE_DIR.glob(pages))]:
        place, text = str(path.relative_to(BASE_DIR)), path.read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines(), start=1):
            said += said_in_text(place, number, line)
    return said


def found(word: Coined, said: list[Said]) -> Iterator[Said]:
    """Where somebody still says the word."""
    name = re.compile(rf"(?:^|_)(?:{word.names})(?:_|$)") if word.names else None
    text = re.compile(rf"\b(?:{word.text})\b") if word.text else None
    for part in said:
        pattern = name if part.is_name else text
        if pattern and pattern.search(part.words) and not (part.is_name and is_for_users(part)):
            yield part


@pytest.mark.parametrize("word", COINED, ids=lambda word: word.instead)
def test_nobody_says_a_word_of_our_own_making(word: Coined) -> None:
    said = sorted({f"{part.place}:{part.line}: {part.words.strip()}" for part in found(word, everything_said())})
    assert said == [], f"say: {word.instead}\n" + "\n".join(said)


@pytest.mark.parametrize(
    "source",
    [
        *("def knock(): ...", "class NoPlace: ...", "x.put_off_returns", "OPEN_BREAKER"),
        *('"""Is put off."""', '"""Called by `tell_all`."""'),
    ],
)
def test_a_coined_word_is_seen(source: str) -> None:
    said = list(said_in_python("somewhere.py", source))
    assert any(list(found(word, said)) for word in COINED)


@pytest.mark.parametrize(
    "source", ["class CircuitBreaker: ...", "x.return_book", '"""A circuit breaker."""', "replace()", "indoors = 1"]
)
def test_the_fields_words_are_let_pass(source: str) -> None:
    said = list(said_in_python("somewhere.py", source))
    assert not any(list(found(word, said)) for word in COINED)
