#!/usr/bin/env bash
# python-barcode 0.16.1: a Code 39 label gets a check character, which a scanner then reads as part of the number.
#
# Why it matters: the check character of Code 39 is optional, and scanners do not expect it unless they are set to.
# The copy EM0001234 is read as EM00012343: a number that the library does not have, or that another copy has.
# Instead: Code39(number, add_checksum=False), and read labels back in a test.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check \
    python-barcode==0.16.1 pillow==13.0.0 zxing-cpp==3.1.1 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys
from importlib.metadata import version

import zxingcpp
from barcode import Code39
from barcode.writer import ImageWriter
from PIL import Image

print("python-barcode", version("python-barcode"), "read by zxing-cpp", version("zxing-cpp"))


def read_back(number, **options):
    picture = io.BytesIO()
    Code39(number, writer=ImageWriter(), **options).write(picture, {"write_text": False})
    return [code.text for code in zxingcpp.read_barcodes(Image.open(picture).convert("L"))]


usual, without = read_back("EM0001234"), read_back("EM0001234", add_checksum=False)
print("Expected: EM0001234 is read back as EM0001234.")
print("Seen:", usual)
print("With add_checksum=False:", without)
as_described = (usual, without) == (["EM00012343"], ["EM0001234"])
sys.exit(not as_described and "No longer as described.")
PYTHON
