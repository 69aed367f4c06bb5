"""A web server's first process that is forked from what was loaded for all."""

import os

from django.conf import settings


def take_role() -> None:
    """What its own program says in the environment: the file by which it learns that it leaves."""
    settings.DRAINING_MARK = os.environ["DRAINING_MARK"]
