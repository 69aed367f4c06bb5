"""`python -m library.operations.worker.started COMMAND DESCRIPTOR`: a command of manage.py that is watched."""

import os
import sys

from django.core.management import call_command, execute_from_command_line

from library.operations.loaded_once.programs import has_loaded

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "library.settings")
    if has_loaded():
        from library.operations.worker.role import take_role  # (it needs the settings)

        take_role()
        call_command(*sys.argv[1:])
    else:
        execute_from_command_line(sys.argv)
