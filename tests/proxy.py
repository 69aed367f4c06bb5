"""The library's reverse proxy, with the configuration that installations have."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.processes import kill_group, until
from tests.servers import free_port

CONFIGURATION = Path(__file__).parent.parent / "deploy" / "haproxy" / "haproxy.cfg"
NO_HAPROXY = "the program haproxy is not installed (on Debian: apt-get install haproxy)"


def has_haproxy() -> bool:
    """Whether it is on this machine."""
    return shutil.which("haproxy") is not None


class Proxy:
    """haproxy with the library's configuration. Its servers are told to it as a name's addresses would be."""

    def __init__(self, folder: Path) -> None:
        self.port, self._folder, self._socket = free_port(), folder, folder / "haproxy.sock"

    @property
    def log(self) -> Path:
        """What it writes of each request."""
        return self._folder / "haproxy.log"

    @contextmanager
    def running(self) -> Iterator[None]:
        """With no server yet."""
        with self.log.open("ab") as told:
            process = subprocess.Popen(
                ["haproxy", "-W", "-S", str(self._socket), "-f", str(CONFIGURATION)],
                env={**os.environ, "HTTP_PORT": str(self.port), "WEB": "127.0.0.1:9"},
                stdout=told,
                stderr=told,
                start_new_session=True,
            )
        try:
            until(lambda: process.poll() is not None or self._answers())
            for number in range(1, 9):
                self._tell(f"set server web/web-{number} state maint")
            yield
        finally:
            kill_group(process)

    def add(self, number: int, port: int, address: str = "127.0.0.1") -> None:
        """The server of that number is at that port from now on."""
        self._tell(f"set server web/web-{number} addr {address} port {port}")
        self._tell(f"set server web/web-{number} state ready")

    def remove(self, number: int) -> None:
        """The server of that number is gone."""
        self._tell(f"set server web/web-{number} state maint")

    def _answers(self) -> bool:
        with suppress(OSError):
            return "haproxy" in self._tell("show info").lower()
        return False

    def _tell(self, order: str) -> str:
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self._socket))
            line.sendall(f"@1 {order}\n".encode())
            line.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: line.recv(65_536), b"")).decode()
