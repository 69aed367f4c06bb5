#!/usr/bin/env python
"""Django's command line for the library."""

import os
import sys

from django.core.management import execute_from_command_line

from kernel.observability.tracing import set_default_via

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "library.settings")
    set_default_via("command")
    execute_from_command_line(sys.argv)
