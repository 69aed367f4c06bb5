#!/usr/bin/env bash
# hgtk 0.2.1: the particle behind a number is always that of a vowel: 토지 1를, EM3가.
#
# Why it matters: volumes, barcodes and card numbers end in digits, and messages of a library are about these. 0, 1, 3, 6, 7
# and 8 end in a consonant as they are read (영, 일, 삼, 육, 칠, 팔): 토지 1을, EM3이.
# Instead: a table of ten for the last digit, or sentences that need no particle.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check hgtk==0.2.1 six==1.17.0 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from hgtk import josa

print("hgtk", version("hgtk"))
described = ["토지 1를", "토지 3를", "토지 8를", "EM6가"]
seen = [josa.attach(f"토지 {volume}", josa.EUL_REUL) for volume in (1, 3, 8)] + [josa.attach("EM6", josa.I_GA)]
print("Expected: 토지 1을, 토지 3을, 토지 8을, EM6이")
print("Seen:", ", ".join(seen))
sys.exit(seen != described and "No longer as described.")
PYTHON
