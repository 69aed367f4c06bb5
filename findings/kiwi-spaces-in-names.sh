#!/usr/bin/env bash
# kiwipiepy 0.24.1: putting spaces right parts C++, C# and R&D, also where the title was right.
#
# Why it matters: titles of Korean records come with spaces of all kinds, and `space()` is how they are made alike. C++
# becomes C ++ and C# becomes C #, which a search that knows these names no longer finds, and 데이터베이스, one word as
# publishers write it, becomes two. Titles without such words come out well, so a look at a few does not show it.
# Instead: compare titles without any spaces, and leave the record's own as they are.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check kiwipiepy==0.24.1 kiwipiepy-model==0.24.0 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from kiwipiepy import Kiwi

print("kiwipiepy", version("kiwipiepy"))
described = {"토지1권을빌렸다": "토지 1권을 빌렸다", "C++ 프로그래밍": "C ++ 프로그래밍", "C# 입문": "C # 입문"}
described |= {"R&D 전략": "R &D 전략", "데이터베이스 시스템": "데이터 베이스 시스템"}
kiwi = Kiwi()
seen = {title: kiwi.space(title) for title in described}
print("Expected: the first as it comes out, the others as they were")
print("Seen:", seen)
sys.exit(seen != described and "No longer as described.")
PYTHON
