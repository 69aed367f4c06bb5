#!/usr/bin/env python3
"""Django's command line for the library: `./manage.py COMMAND` from anywhere, once `make run` has made `.venv`."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

OWN_PYTHON = Path(__file__).resolve().parent / ".venv" / "bin" / "python"


def use_own_environment():
    """Goes on in the project's own environment if this Python is in none, or in one without Django."""
    if sys.prefix != sys.base_prefix and find_spec("django"):
        return
    if OWN_PYTHON.exists() and Path(sys.prefix) != OWN_PYTHON.parents[1]:
        os.execv(OWN_PYTHON, [str(OWN_PYTHON), *sys.argv])  # noqa: S606
    if not find_spec("django"):
        sys.exit("Django is missing: run `make run` first, which installs all that is needed.")


def main():
    """Runs the command."""
    from django.core.management import execute_from_command_line  # noqa: PLC0415  (may be missing until now)
    from django.db import Error as DatabaseFault  # noqa: PLC0415

    from kernel.observability.tracing import set_default_via  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "library.settings")
    set_default_via("command")
    try:
        execute_from_command_line(sys.argv)
    except DatabaseFault as fault:
        from library.operations.database_faults import end_command  # noqa: PLC0415  (settings and apps are there by now)

        end_command(fault, sys.argv)
        raise


if __name__ == "__main__":
    use_own_environment()
    main()
