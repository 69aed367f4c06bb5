#!/usr/bin/env bash
# django-q2 1.11.1: a monthly job on the 1st soon runs on the 29th, east of Greenwich.
#
# Why it matters: months are added to the time in UTC. 1 March 00:10 in Seoul is 28 February in UTC, and a month later
# is 28 March in UTC: the 29th in Seoul. From then on it stays there. "On the 1st, after midnight" is when a library
# closes its month. The setting time_zone does not help.
# Instead: set the first run after 09:00 in Seoul (past midnight in UTC), or use Schedule.CRON, which counts in local
# time.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check django==5.2.19 django-q2==1.11.1 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from datetime import datetime, timezone
from importlib.metadata import version
from zoneinfo import ZoneInfo

import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["django_q"],
    TIME_ZONE="Asia/Seoul",
    USE_TZ=True,
    Q_CLUSTER={"name": "months", "orm": "default", "time_zone": "Asia/Seoul", "timeout": 60, "retry": 120},
)
django.setup()

from django_q.models import Schedule

print("django-q2", version("django-q2"))
SEOUL = ZoneInfo("Asia/Seoul")


def days(hour):
    job, run, seen = Schedule(schedule_type=Schedule.MONTHLY), datetime(2026, 1, 1, hour, 10, tzinfo=SEOUL), []
    for _ in range(5):
        run = job.calculate_next_run(run.astimezone(timezone.utc))
        seen.append(f"{run.astimezone(SEOUL):%m-%d}")
    return seen


early, late = days(0), days(9)
print("Expected of a job that first runs on 1 January 2026: the first of each month.")
print("Seen at 00:10:", early)
print("Seen at 09:10:", late)
as_described = (early, late) == (
    ["02-01", "03-01", "03-29", "04-29", "05-29"],
    ["02-01", "03-01", "04-01", "05-01", "06-01"],
)
sys.exit(not as_described and "No longer as described.")
PYTHON
