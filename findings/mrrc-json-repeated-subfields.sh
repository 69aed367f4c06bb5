#!/usr/bin/env bash
# mrrc 0.9.2: in the JSON of a record only the last one stands of subfields with the same code.
#
# Why it matters: a subject has a $x for each of its parts, a contributor a $e for each role, a field of ISBNs an $a for
# each. They are gone from the JSON, in silence, and from the record that is made of it.
# Instead: MARC-in-JSON (`record_to_marcjson`), which keeps them in a list, in their order.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check mrrc==0.9.2 pymarc==5.4.0 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys
from importlib.metadata import version

import mrrc
from pymarc import Field, Record, Subfield

print("mrrc", version("mrrc"))
record = Record(force_utf8=True)
parts = [Subfield("a", "한국 소설"), Subfield("x", "역사"), Subfield("x", "비평")]
record.add_field(Field(tag="650", indicators=[" ", "8"], subfields=parts))
(read,) = mrrc.MARCReader(io.BytesIO(record.as_marc()))
of_json = mrrc.json_to_record(mrrc.record_to_json(read))
of_marcjson = mrrc.marcjson_to_record(mrrc.record_to_marcjson(read))

described = (["비평"], ["역사", "비평"])
seen = tuple(one["650"].get_subfields("x") for one in (of_json, of_marcjson))
print("Expected: both have", described[1])
print("Seen: by JSON", seen[0], "by MARC-in-JSON", seen[1])
sys.exit(seen != described and "No longer as described.")
PYTHON
