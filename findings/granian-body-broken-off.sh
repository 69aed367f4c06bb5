#!/usr/bin/env bash
# granian 2.8 with Django 5.2: half of an upload is taken for all of it where the connection broke off.
#
# Why it matters: the server ends such a body as if nothing had been missing, and Django does not compare what came with
# Content-Length, so a list that a library uploads over a poor line is imported without its last records, and nobody is
# told. gunicorn hands the body on in the same way.
# Instead: count what was read, and raise an OSError where it is less than was said: Django makes an
# UnreadablePostError of it.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check granian==2.8.7 django==5.2.19 || exit 2

cat > "$folder/site_of_one_view.py" <<'PYTHON'
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY="none")
urlpatterns = [path("", lambda request: HttpResponse(f"said {request.headers['Content-Length']}, read {len(request.body)}"))]
application = get_wsgi_application()
PYTHON

cd "$folder"
PATH="$folder/venv/bin:$PATH" "$folder/venv/bin/python" - <<'PYTHON'
import socket
import subprocess
import sys
import time
from importlib.metadata import version

print("granian", version("granian"), "Django", version("Django"))

with socket.create_server(("127.0.0.1", 0)) as probe:
    port = probe.getsockname()[1]
command = ["granian", "--interface", "wsgi", "--port", str(port), "site_of_one_view:application"]
server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
try:
    for _ in range(200):
        time.sleep(0.05)
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                break
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\n" + 40 * b"x")
        time.sleep(0.5)
        line.shutdown(socket.SHUT_WR)
        answer = line.makefile("rb").read().decode()
finally:
    server.terminate()
    server.wait()
status, told = answer.split()[1], next((line for line in answer.splitlines() if line.startswith("said")), "nothing")
print("Expected: of 100 bytes 40 came, so reading the body raises.")
print(f"Seen: status {status}; {told}")
sys.exit((status, told) != ("200", "said 100, read 40") and "No longer as described.")
PYTHON
