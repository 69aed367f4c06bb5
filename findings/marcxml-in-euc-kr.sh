#!/usr/bin/env bash
# pymarc 5.4.0 over Python's own XML parser: MARCXML that declares EUC-KR is refused, though Python knows EUC-KR.
#
# Why it matters: XML from older Korean library systems says encoding="euc-kr". The parser under xml.sax and
# ElementTree (expat) takes one-byte encodings and Unicode only. What it raises is a ValueError and no ParseError,
# so code that is ready for broken XML is not ready for this.
# Instead: read the declared encoding, decode with Python's codec, and give the parser UTF-8 with a new declaration.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check pymarc==5.4.0 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys
from importlib.metadata import version

from pymarc import parse_xml_to_array

print("pymarc", version("pymarc"), "on Python", sys.version.split()[0])
FILE = """<?xml version="1.0" encoding="{}"?>
<collection xmlns="http://www.loc.gov/MARC21/slim"><record><leader>00000nam a2200000   4500</leader>
<datafield tag="245" ind1="0" ind2="0"><subfield code="a">도서관</subfield></datafield></record></collection>"""


def read(encoding):
    try:
        return parse_xml_to_array(io.BytesIO(FILE.format(encoding).encode(encoding)))[0].title
    except Exception as error:
        return f"{type(error).__name__}: {error}"


utf8, euc = read("utf-8"), read("euc-kr")
print("In UTF-8:", utf8)
print("Expected in EUC-KR: the same.")
print("Seen:", euc)
as_described = (utf8, euc) == ("도서관", "ValueError: multi-byte encodings are not supported")
sys.exit(not as_described and "No longer as described.")
PYTHON
