#!/usr/bin/env bash
# Sip2 1.1 (a client for self-checks): the checksum adds up characters, not the bytes that are sent.
#
# Why it matters: SIP2 sums the bytes of the message. In ASCII that is the same; with one letter beyond it (a name in
# Hangul, an accent) the server finds a wrong checksum and asks for the message again (96), each time. The same sum
# is used for answers, so a right one is taken for broken.
# Instead: let the client see bytes as letters: hostEncoding = "latin-1", and text as text.encode().decode("latin-1").
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check Sip2==1.1 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import contextlib
import io
import sys
from importlib.metadata import version

from Sip2.sip2 import Sip2

print("Sip2", version("Sip2"))


def sums_to_zero(location, encoding):
    """Whether the bytes of a login message and its checksum add up to nothing in 16 bits, as the protocol asks."""
    client = Sip2()
    client.scLocation, client.hostEncoding = location, encoding
    message = client.sip_login_request("desk", "word").rstrip("\r").encode(encoding)
    return (sum(message[:-4]) + int(message[-4:], 16)) & 0xFFFF == 0


with contextlib.redirect_stdout(io.StringIO()):  # it says when an object goes
    ascii_only, hangul = sums_to_zero("Main hall", "utf-8"), sums_to_zero("본관", "utf-8")
    as_bytes = sums_to_zero("본관".encode().decode("latin-1"), "latin-1")
print("Expected: bytes and checksum add up to zero for each location.")
print(f"Seen: Main hall {ascii_only}, 본관 {hangul}")
print("With the bytes seen as latin-1: 본관", as_bytes)
as_described = (ascii_only, hangul, as_bytes) == (True, False, True)
sys.exit(not as_described and "No longer as described.")
PYTHON
