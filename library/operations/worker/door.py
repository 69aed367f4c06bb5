"""The door of a worker, for probes and Prometheus: `WORKER_PORT` opens it.

The program that watches the cluster keeps it, so it is open while the cluster hangs, and needs neither the database
nor the broker: it tells what the cluster has told.
"""

import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from kernel.observability.metrics import exposition

FRESH = 30
"""Seconds: a worker is ready when its cluster has beaten within so many, and found its database and broker there."""
HUNG = 240
"""Seconds without a beat after which not even the watcher helps: it replaces a cluster after 180 at the most."""


class WorkerDoor(Collector):
    """What is known of the cluster, and the server that tells it."""

    def __init__(self, host: str, port: int) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="library-worker-")
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = self._folder.name  # for the cluster; this process counts in memory
        self._restarts = self._sender_restarts = 0
        self._beat, self._sender_beat = time.monotonic(), 0.0
        self._has_beaten = self._is_well = False
        self._server = ThreadingHTTPServer((host, port), type("Answers", (_Answers,), {"door": self}))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def note(self, sign: str) -> None:
        """Takes down a sign of the cluster's."""
        if sign == "beat":
            self._beat, self._has_beaten = time.monotonic(), True
        elif sign in ("well", "away"):
            self._is_well = sign == "well"
        elif sign == "webhooks":
            self._sender_beat = self._sender_beat or time.monotonic()
        elif sign == "restart":
            self._restarts += 1

    def note_sender(self, sign: str) -> None:
        """Takes down a sign of the process that sends webhooks. Probes do not ask for it: it has its own watcher."""
        if sign == "beat":
            self._sender_beat = time.monotonic()
        elif sign == "restart":
            self._sender_restarts += 1

    def close(self) -> None:
        """Tells nothing more."""
        self._server.shutdown()
        self._server.server_close()
        self._folder.cleanup()

    def is_true(self, path: str) -> bool:
        """The answer to a probe."""
        silence = self._silence()
        return {
            "/health/live": silence < HUNG,
            "/health/started": self._has_beaten,
            "/health/ready": self._has_beaten and silence < FRESH and self._is_well,
        }[path]

    def figures(self) -> bytes:
        """What the cluster's processes have counted, and what the watcher has."""
        return exposition(self._folder.name, [self])

    def collect(self) -> Iterator[Metric]:
        """What the watcher has counted, for Prometheus."""
        sender, silence = "library_webhook_sender", "Since the sender's last beat; 0 before there is a webhook"
        since = time.monotonic() - self._sender_beat if self._sender_beat else 0
        yield CounterMetricFamily("library_worker_restarts", "Clusters started anew", self._restarts)
        yield GaugeMetricFamily("library_worker_beat_age_seconds", "Since the cluster's last beat", self._silence())
        yield CounterMetricFamily(f"{sender}_restarts", "Senders of webhooks started anew", self._sender_restarts)
        yield GaugeMetricFamily(f"{sender}_beat_age_seconds", silence, since)

    def _silence(self) -> float:
        return time.monotonic() - self._beat


class _Answers(BaseHTTPRequestHandler):
    door: WorkerDoor
    timeout = 10

    def do_GET(self) -> None:
        """Four addresses and no other."""
        if self.path == "/metrics":
            self._answer(200, CONTENT_TYPE_LATEST, self.door.figures())
            return
        try:
            is_true = self.door.is_true(self.path)
        except KeyError:
            self._answer(404, "application/json", b"{}")
            return
        body = {"status": self.path.rpartition("/")[2] if is_true else f"not {self.path.rpartition('/')[2]}"}
        self._answer(200 if is_true else 503, "application/json", json.dumps(body).encode())

    def log_message(self, *_: Any) -> None:
        """Probes are not worth a line."""

    def _answer(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
