"""docs/words.md speaks of this code, and says each thing once."""

import re

from library.settings import BASE_DIR
from tests.architecture.test_contexts import PRODUCT, sources

ROW = re.compile(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
WORDS = [
    row for row in ROW.findall((BASE_DIR / "docs/words.md").read_text(encoding="utf-8")) if row[3] != "in the code"
]
PLANNED = "planned"


def test_a_word_is_where_the_page_says() -> None:
    code = " ".join(path.read_text(encoding="utf-8") for path in sources(*PRODUCT))
    names = {*re.findall(r"\w+", code), *PRODUCT}
    assert len(WORDS) > 60
    for english, _korean, _meaning, where in WORDS:
        named = re.findall(r"`([^`]+)`", where)
        assert named or where == PLANNED, english
        for name in named:
            assert name in names or (BASE_DIR / name).exists(), f"{english}: {name}"


def test_a_word_has_one_meaning_and_a_korean_word() -> None:
    english = [part.strip() for row in WORDS for part in row[0].split(",")]
    assert len(english) == len(set(english))
    for word, korean, *_ in WORDS:
        assert re.search(r"[가-힣]", korean) or korean == "API", word
