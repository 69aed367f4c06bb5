#!/usr/bin/env bash
# pymarc 5.4.0: a control character in a record makes MARCXML that nobody can read, and nothing is raised.
#
# Why it matters: titles are pasted, and a line break of a presentation is a vertical tab (0x0B). XML has no place for
# it, so that one such title among a million makes a whole export worthless, which is noticed where it is read.
# Instead: leave the control characters out before a record is written.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check pymarc==5.4.0 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys
from importlib.metadata import version
from xml.sax import SAXParseException

from pymarc import Field, Indicators, Record, Subfield, parse_xml_to_array, record_to_xml

print("pymarc", version("pymarc"))


def read_back(*titles):
    file = b"<collection>"
    for title in titles:
        record = Record(force_utf8=True)
        record.add_field(Field("245", Indicators("0", "0"), [Subfield("a", title)]))
        file += record_to_xml(record)
    try:
        return [read.title for read in parse_xml_to_array(io.BytesIO(file + b"</collection>"))]
    except SAXParseException as error:
        return error.getMessage()


plain, pasted = read_back("one", "two"), read_back("one", "two\x0bthree")
print("Two titles, written and read back:", plain)
print("Expected with a vertical tab in one: an exception as it is written, or two titles.")
print("Seen: it is written, and reading the file gives:", pasted)
as_described = (plain, pasted) == (["one", "two"], "not well-formed (invalid token)")
sys.exit(not as_described and "No longer as described.")
PYTHON
