"""What web processes and workers import when they start, which is most of their memory: docs/decisions/0036."""

import os
import subprocess
import sys

import pytest

SELDOM_NEEDED = {"PIL", "barcode", "fontTools", "fpdf", "langcodes", "lxml", "opentelemetry", "pymarc", "redis"}
SELDOM_NEEDED |= {"xlsxwriter", "playwright", "pytest"}
WEB = "import library.wsgi, library.urls"
WORKER = "import django; django.setup(); import library.management.commands.watched_cluster"


@pytest.mark.parametrize(("program", "start"), [("granian", WEB), ("watched_cluster", WORKER)])
def test_no_process_starts_with_packages_that_few_calls_need(program: str, start: str) -> None:
    assert not SELDOM_NEEDED & _imported(program, start)


def test_a_worker_starts_without_pages() -> None:
    assert not {"library.urls", "desk.site", "rest_framework.views"} & _imported("watched_cluster", WORKER)


def test_a_worker_without_postgresql_has_no_driver_of_it() -> None:
    assert "psycopg" not in _imported("watched_cluster", WORKER, DATABASE_URL="")


def test_what_looks_after_the_web_server_is_small() -> None:
    assert not {"django.conf", "library.settings"} & _imported("web", "import library.operations.web.__main__")


def _imported(program: str, start: str, **more: str) -> set[str]:
    shown = f"import sys; sys.argv = ['manage.py', {program!r}]; {start}; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", shown], env=os.environ | more, check=True, capture_output=True, text=True
    )
    return set(run.stdout.split())
