#!/usr/bin/env bash
# cql-parser 1.0.2: a parsed query knows its sortBy, but toCQL() leaves it out.
#
# Why it matters: SRU servers write the question back into their answer, hand it on to others, or keep it as a key.
# Written by toCQL(), it is another question: the hits come in another order. toXCQL() has the sort keys.
# Instead: keep the text as it came, or add what parse(...).root.sortSpecs says.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check cql-parser==1.0.2 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import cql

print("cql-parser", version("cql-parser"))

question = "title = fish sortBy date/sort.descending"
parsed = cql.parse(question)
written = parsed.toCQL()
print("Expected:", question)
print("Seen:    ", written)
print("The sort key is in toXCQL():", "sortKeys" in parsed.toXCQLString())
as_described = written == "title = fish" and "sortKeys" in parsed.toXCQLString()
sys.exit(not as_described and "No longer as described.")
PYTHON
