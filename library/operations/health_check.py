"""`python -m library.operations.health_check PORT [HOST]`: exits 0 if /health/live answers 200, else 1 and says why.

It asks in the name of HOST, one of ALLOWED_HOSTS (`*` and a leading dot as there), since a web process knows no other.
A container's health check: quick to start, and nothing beside Python is needed.
"""

import sys
import urllib.request

TIMEOUT = 4


def check(port: str, host: str) -> None:
    """Returns if it answered 200; raises OSError if not."""
    name = host.strip("*.") or "localhost"
    request = urllib.request.Request(f"http://127.0.0.1:{port}/health/live", headers={"Host": name})
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever proxy the environment names
    straight.open(request, timeout=TIMEOUT).close()


if __name__ == "__main__":
    try:
        check(*[*sys.argv[1:3], ""][:2])
    except OSError as failure:
        sys.exit(f"Nothing well at port {sys.argv[1]}: {failure}")
