"""`python -m tests.eventbus.worker HANDLER...`: a worker that knows the tests' handlers of these names."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "library.settings")
django.setup()

from kernel.eventbus.delivery.worker import deliver_due  # noqa: E402
from kernel.eventbus.registry import connect  # noqa: E402
from tests.eventbus import kettle  # noqa: E402

if __name__ == "__main__":
    connect({kettle.KettleBoiled: [getattr(kettle, name) for name in sys.argv[1:]]})
    deliver_due()
