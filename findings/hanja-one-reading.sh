#!/usr/bin/env bash
# hanja 0.15.1: each character has one reading, so everyday words and family names are read wrong.
#
# Why it matters: patrons type Hangul, old records are in Hanja. Music (音樂, 음악) becomes 음락, and the family name
# 金, which every fifth Korean has as 김, becomes 금: neither the title nor the author is found. Most words are right,
# so a look at a few titles does not show it.
# Instead: index every reading of a character (金 김 and 금, 樂 악, 락 and 낙), and take what the record itself says in
# Hangul first.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check --no-deps hanja==0.15.1 pyyaml==6.0.3 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import hanja

print("hanja", version("hanja"))

right = {"圖書館": "도서관", "歷史": "역사", "音樂": "음악", "國樂": "국악", "金氏": "김씨"}
described = right | {"音樂": "음락", "國樂": "국락", "金氏": "금씨"}
seen = {word: hanja.translate(word, "substitution") for word in right}
for word, reading in seen.items():
    print(f"{word}: expected {right[word]}, seen {reading}")
as_described = seen == described
sys.exit(not as_described and "No longer as described.")
PYTHON
