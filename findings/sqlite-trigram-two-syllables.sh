#!/usr/bin/env bash
# SQLite 3.54.1 (in apsw): its full-text index of trigrams finds no word of two letters, and says so to nobody.
#
# Why it matters: very many Korean words have two syllables, each of which is one letter to SQLite: 소설, 역사, 과학.
# The trigram tokenizer is what one takes where words are found inside others, and what its index can't answer is
# answered with no rows. LIKE on the same table does find them, by reading all of it.
# Instead: index pairs of letters (bigrams) as words of one's own making, and ask for these.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check apsw==3.54.1.0 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys

import apsw

print("SQLite", apsw.sqlite_lib_version())

database = apsw.Connection(":memory:")
database.execute("CREATE VIRTUAL TABLE book USING fts5(title, tokenize='trigram')")
for title in ("한국 소설 읽기", "소설", "도서관 이야기"):
    database.execute("INSERT INTO book VALUES (?)", (title,))


def found(word):
    return sum(1 for _ in database.execute("SELECT * FROM book WHERE book MATCH ?", (word,)))


def read_through(word):
    return sum(1 for _ in database.execute("SELECT * FROM book WHERE title LIKE ?", (f"%{word}%",)))


two, three, like = found("소설"), found("도서관"), read_through("소설")
print("Expected: 소설 is found twice and 도서관 once, or a query that the index can't answer is an error.")
print(f"Seen: 소설 {two}, 도서관 {three}; 소설 by LIKE: {like}")
as_described = (two, three, like) == (0, 1, 2)
sys.exit(not as_described and "No longer as described.")
PYTHON
