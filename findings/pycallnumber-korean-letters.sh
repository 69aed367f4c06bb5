#!/usr/bin/env bash
# pycallnumber 0.2.0: Korean letters have no say in the order of call numbers.
#
# Why it matters: a Korean call number is a class, the author's first syllable with a number, and the title's first letter.
# 박14ㅌ, 김14ㅅ and 황석영 sort as 14, 14 and nothing, so a shelf list has all authors of a class mixed, and a search by
# 813.714 finds them all. Nothing is raised; each is a valid number of the unit for local ones.
# Instead: a sort key of your own for marks in Hangul.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check pycallnumber==0.2.0 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from pycallnumber import callnumber

print("pycallnumber", version("pycallnumber"))
described = {"813.7 박14ㅌ": "0000000813.7!0000000014", "813.7 김14ㅅ": "0000000813.7!0000000014"}
described |= {"813.62 박경리": "0000000813.62", "813.62 황석영": "0000000813.62"}
seen = {number: callnumber(number).for_sort() for number in described}
print("Expected: four keys, as of 813.7 P14, 813.7 K14:", [callnumber(f"813.7 {mark}").for_sort() for mark in ("P14", "K14")])
print("Seen:", seen)
sys.exit(seen != described and "No longer as described.")
PYTHON
