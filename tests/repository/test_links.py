"""What one page or file says of another leads somewhere."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from library.settings import BASE_DIR

DECISIONS = BASE_DIR / "docs" / "decisions"
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
NUMBERED = re.compile(r"docs/decisions/(\d{4})")
IN_PROSE = re.compile(r"\bdecision (\d+)\b", re.IGNORECASE)
CODE = re.compile(r"```.*?```", re.DOTALL)
FILE = re.compile(r"`([\w.-]+(?:/[\w.-]+)+\.(?:py|md|html|toml|sh|yaml|cfg|sql|css|po|mjs))`")


def listed(*endings: str) -> list[Path]:
    """The repository's files of these kinds."""
    run = subprocess.run(["git", "ls-files", "-z"], cwd=BASE_DIR, capture_output=True, text=True, check=True)
    named = [BASE_DIR / name for name in run.stdout.split("\0") if name.endswith(endings)]
    return [path for path in named if path.is_file()]


PAGES = listed(".md")


def dead_links(page: Path, text: str) -> Iterator[str]:
    """The links of a page to files, or to headings in them, that are not there."""
    for link in LINK.findall(CODE.sub("", text)):
        if link.startswith(("http:", "https:", "mailto:")):
            continue
        path, _, heading = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (heading and heading not in anchors(target)):
            yield link


def anchors(page: Path) -> set[str]:
    """What a link can name after `#`: the headings, as they are spelt in addresses."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def missing_files(text: str) -> set[str]:
    """The files in backticks, named from the root, that are not there."""
    return {name for name in FILE.findall(CODE.sub("", text)) if not (BASE_DIR / name).exists()}


def decisions() -> dict[int, Path]:
    """Every decision's page, by its number."""
    return {int(page.name[:4]): page for page in sorted(DECISIONS.glob("[0-9]*.md"))}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(BASE_DIR)))
def test_a_page_links_and_names_what_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert list(dead_links(page, text)) == []
    assert missing_files(text) == set()


def test_a_decision_that_is_mentioned_exists() -> None:
    for path in listed(".md", ".py", ".html", ".yaml", ".yml", ".sh", ".cfg", ".sql", "Makefile", "Dockerfile"):
        text = path.read_text(encoding="utf-8")
        mentioned = {int(number) for number in NUMBERED.findall(text) + IN_PROSE.findall(text)}
        assert mentioned <= decisions().keys(), f"{path}: {mentioned - decisions().keys()}"


def test_the_index_has_every_decision_with_its_title() -> None:
    rows = re.findall(r"^\| (\d+) \| \[(.*)\]\((.*)\) \| (.*) \| .+ \|$", (DECISIONS / "README.md").read_text(), re.M)
    assert [int(number) for number, *_ in rows] == list(range(1, len(rows) + 1)) == sorted(decisions())
    for number, title, name, status in rows:
        heading = (DECISIONS / name).read_text(encoding="utf-8").partition("\n")[0]
        assert heading == f"# {number}. {title}"
        assert re.fullmatch(r"accepted|superseded by \d+", status)


def test_dead_links_are_seen() -> None:
    readme = BASE_DIR / "README.md"
    text = "[a](docs/security.md) [b](docs/nowhere.md) [c](#for-operators) [d](#for-nobody) `kernel/nowhere.py`"
    assert list(dead_links(readme, text)) == ["docs/nowhere.md", "#for-nobody"]
    assert missing_files(text) == {"kernel/nowhere.py"}
