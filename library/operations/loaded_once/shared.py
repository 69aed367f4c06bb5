"""What programs that are forked from one share beside the web application.

Whatever a program imports for itself, or works out at its first query, is memory of its own.
"""

import gc
from importlib import import_module

from django.apps import apps
from django.core.checks import run_checks
from django.db.backends.base.base import BaseDatabaseWrapper

from library.operations.loaded_once.first_answers import answer_first_calls
from library.operations.loaded_once.holes import take_free_room

PROGRAMS = (
    "django_q.brokers.orm",
    "granian.cli",
    "library.operations.web.role",
    "library.operations.web.serving",
    "library.operations.worker.cluster",
    "library.operations.worker.role",
    "library.management.commands.watched_cluster",
)

STATEMENTS_KEPT = 100
"""By each connection while DEBUG is on. Django keeps 9,000, and only a request clears them, which no worker has."""

for program in PROGRAMS:
    import_module(program)
run_checks(tags=["worker"])
for model in apps.get_models(include_auto_created=True):
    model._meta.get_fields()
BaseDatabaseWrapper.queries_limit = STATEMENTS_KEPT
answer_first_calls()
gc.collect()
gc.freeze()
take_free_room()
