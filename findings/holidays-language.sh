#!/usr/bin/env bash
# holidays 0.109: a language that it does not know is ignored, and the names then follow the LANG of the process.
#
# Why it matters: Django's code "en" is such a language for Korea ("en_US" is known). On the developer's machine the
# English pages look right; on a server with another LANG they have Korean or Thai names. Tests of dates see nothing.
# Instead: pass a name out of supported_languages, always, and look it up there first.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check holidays==0.109 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import os
import subprocess
import sys
from importlib.metadata import version

import holidays

print("holidays", version("holidays"))
print("supported_languages:", holidays.KR.supported_languages)
ASK = "import sys, holidays; print(holidays.country_holidays('KR', years=2026, language=sys.argv[1])['2026-01-01'])"


def new_year(language, lang):
    kept = {name: value for name, value in os.environ.items() if name != "LANGUAGE" and not name.startswith("LC_")}
    environment = kept | {"LANG": lang, "PYTHONIOENCODING": "utf-8"}
    asked = subprocess.run([sys.executable, "-c", ASK, language], env=environment, capture_output=True, check=True)
    return asked.stdout.decode().strip()


described = {
    ("en_US", "ko_KR.UTF-8"): "New Year's Day",
    ("en", "en_US.UTF-8"): "New Year's Day",
    ("en", "ko_KR.UTF-8"): "신정연휴",
    ("en", "th_TH.UTF-8"): "วันปีใหม่สากล",
}
seen = {asked: new_year(*asked) for asked in described}
print("Expected of language='en': New Year's Day under each LANG, or an exception.")
for (language, lang), name in seen.items():
    print(f"Seen: language={language!r} under LANG={lang}: {name}")
as_described = seen == described
sys.exit(not as_described and "No longer as described.")
PYTHON
