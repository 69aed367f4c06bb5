#!/usr/bin/env bash
# Whoosh 2.7.4: words of one syllable are not in the index, so 책, 물 and 시 are found nowhere.
#
# Why it matters: the analyzer of a TEXT field leaves out words of one letter, which in English are noise. A Korean
# syllable is one letter, and many of the commonest words of titles have one. Asked for, they are left out of the question
# too: 물 finds nothing, and 책 읽기 finds all that has 읽기.
# Instead: StandardAnalyzer(minsize=1), or pairs of letters.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check whoosh==2.7.4 || exit 2

PYTHONWARNINGS=ignore "$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from whoosh.fields import TEXT, Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.qparser import QueryParser

print("Whoosh", version("whoosh"))
index = RamStorage().create_index(Schema(title=TEXT(stored=True)))
with index.writer() as writer:
    for title in ("물 이야기", "책 읽기", "시 읽기"):
        writer.add_document(title=title)


def titles(question):
    with index.searcher() as searcher:
        return sorted(hit["title"] for hit in searcher.search(QueryParser("title", index.schema).parse(question)))


described = {"이야기": ["물 이야기"], "물": [], "책 읽기": ["시 읽기", "책 읽기"]}
seen = {question: titles(question) for question in described}
print("Expected: 물 이야기 for 물, and 책 읽기 alone for 책 읽기")
print("Seen:", seen)
sys.exit(seen != described and "No longer as described.")
PYTHON
