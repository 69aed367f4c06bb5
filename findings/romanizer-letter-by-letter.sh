#!/usr/bin/env bash
# korean-romanizer 0.28.0: 신라 is romanised sinra, 독립문 dokripmun and 종로 jongro.
#
# Why it matters: it calls itself the Revised Romanization of Korean, by which these are Silla, Dongnimmun and Jongno:
# sounds that meet change. Catalogues give titles and names in Latin letters so (fields 246 and 880), and who asks by them
# finds nothing that was romanised like this. Some of the rule is there: 좋고 is joko.
# Instead: do not make Latin headings by it; where several spellings are indexed, it may give one of them.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check korean-romanizer==0.28.0 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from korean_romanizer.romanizer import Romanizer

print("korean-romanizer", version("korean-romanizer"))
described = {"신라": "sinra", "독립문": "dokripmun", "종로": "jongro", "좋고": "joko"}
seen = {word: Romanizer(word).romanize() for word in described}
print("Expected: silla, dongnimmun, jongno, joko")
print("Seen:", ", ".join(seen.values()))
sys.exit(seen != described and "No longer as described.")
PYTHON
