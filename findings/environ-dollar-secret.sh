#!/usr/bin/env bash
# django-environ 0.14.0: a secret that begins with `$` is taken for the name of another variable, also out of a file.
#
# Why it matters: Django's own generator of keys begins every fiftieth with a dollar sign. With a default the program
# starts with that default, which is known to everybody, and says nothing; without one it says that a variable is
# missing whose name is the rest of the secret, and so writes the secret into the log.
# Instead: read secrets without this package, letter for letter.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check django==5.2.19 django-environ==0.14.0 || exit 2

FOLDER="$folder" "$folder/venv/bin/python" - <<'PYTHON'
import os
import sys
from importlib.metadata import version
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

print("django-environ", version("django-environ"))
secret = "$k3y-of-50-letters"
mounted = Path(os.environ["FOLDER"]) / "secret_key"
mounted.write_text(secret, encoding="utf-8")
os.environ |= {"SECRET_KEY": secret, "MOUNTED_KEY_FILE": str(mounted)}
env = environ.FileAwareEnv()


def read(name, **given):
    try:
        return env.str(name, **given)
    except ImproperlyConfigured as fault:
        return f"error: {fault}"


keys = 20_000
begins = sum(get_random_secret_key().startswith("$") for _ in range(keys))
described = {
    "with a default": "insecure",
    "without one": "error: Set the k3y-of-50-letters environment variable",
    "out of a file, with a default": "insecure",
}
seen = {
    "with a default": read("SECRET_KEY", default="insecure"),
    "without one": read("SECRET_KEY"),
    "out of a file, with a default": read("MOUNTED_KEY", default="insecure"),
}
print(f"Expected: each is {secret}")
for way, text in seen.items():
    print(f"Seen, {way}: {text}")
print(f"Of {keys} keys of Django's generator begin with a dollar sign: {begins}")
as_described = seen == described and keys / 70 < begins < keys / 35
sys.exit(not as_described and "No longer as described.")
PYTHON
