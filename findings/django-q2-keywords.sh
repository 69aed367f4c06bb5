#!/usr/bin/env bash
# django-q2 1.11.1: async_task() keeps keyword arguments named group, timeout, save, hook, chain, ... for itself.
#
# Why it matters: the function is called without them and takes its defaults. "Send a notice to this group" becomes
# "send a notice to everybody", and the queue says that all went well.
# Instead: give tasks positional arguments. A keyword gets through only if q_options has the same name too.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check django==5.2.19 django-q2==1.11.1 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["django_q"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    SECRET_KEY="a key for this run",
    USE_TZ=True,
    Q_CLUSTER={"name": "words", "orm": "default", "timeout": 60, "retry": 120, "log_level": "ERROR"},
)
django.setup()

from django.core.management import call_command
from django_q.models import OrmQ
from django_q.tasks import async_task

print("django-q2", version("django-q2"))
call_command("migrate", verbosity=0)


def send_notice(text, group="everybody"):
    return f"{text} to {group}"


def told(**how):
    """What the function answers when a worker calls it with what is in the queue."""
    OrmQ.objects.all().delete()
    async_task(send_notice, **how)
    task = OrmQ.objects.get().task
    return task["func"](*task["args"], **task["kwargs"])


words = {"text": "closed on Monday", "group": "children"}
usual, named_twice = told(**words), told(**words, q_options={"group": "notices"})
print("Expected: closed on Monday to children; or async_task() raises.")
print("Seen:", usual)
print("With q_options={'group': ...} beside it:", named_twice)
as_described = (usual, named_twice) == ("closed on Monday to everybody", "closed on Monday to children")
sys.exit(not as_described and "No longer as described.")
PYTHON
