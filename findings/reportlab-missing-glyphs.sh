#!/usr/bin/env bash
# reportlab 5.1.0: text in letters that the font does not have is printed as equal boxes, without error or warning.
#
# Why it matters: labels and letters are made by a program and seen by a person only when they are on paper. With a
# font without Hangul all titles look alike, and the program has no sign of it.
# Instead: before drawing, look each character up in the font's face.charToGlyph, and refuse or change the font.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check reportlab==5.1.0 pypdfium2==5.15.2 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys
import warnings
from importlib.metadata import version

import pypdfium2
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

print("reportlab", version("reportlab"), "drawn by pypdfium2", version("pypdfium2"))
pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))  # comes with reportlab, has no Hangul


def drawn(text):
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(200, 50))
    canvas.setFont("Vera", 20)
    canvas.drawString(5, 15, text)
    canvas.save()
    return bytes(pypdfium2.PdfDocument(file.getvalue())[0].render(scale=2).buffer)


with warnings.catch_warnings(record=True) as warned:
    warnings.simplefilter("always")
    library, other, latin, empty = drawn("도서관"), drawn("가나다"), drawn("ABC"), drawn("")
alike = library == other
print("Expected: an exception or a warning that the font has no such letters.")
print(f"Seen: {len(warned)} warnings, and two different words make the same picture: {alike}")
as_described = not warned and alike and library not in (latin, empty)
sys.exit(not as_described and "No longer as described.")
PYTHON
