"""What an installation starts with: the roles of the staff and the clock's tasks. Lending and fines have rules of their
own where none were adopted."""

from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db.models import Model
from django.utils import timezone
from django_q.models import Schedule

from accounts.roles import Role, all_roles
from fines.models import FeeSchedule
from kernel.storage.databases import connection_of
from lending.models import Policy

SCHEDULES = {
    "deliver pending events": ("kernel.eventbus.delivery.worker.deliver_due", Schedule.MINUTES),
    "decide what was requested": ("lending.deferral.tasks.answer_call", Schedule.MINUTES),
    "go on with imports": ("kernel.importing.tasks.go_on_with_imports", Schedule.MINUTES),
    "send mails": ("accounts.mail.tasks.send_mails", Schedule.MINUTES),
    "announce overdue loans": ("lending.overdue.tasks.announce_overdue_loans", Schedule.HOURLY),
    "expire holds": ("lending.holds.sweeps.tasks.expire_uncollected_holds", Schedule.HOURLY),
    "mark lost copies": ("lending.marks.tasks.mark_lost_copies", Schedule.DAILY),
    "anonymise loans": ("lending.erasing.tasks.anonymise_old_loans", Schedule.DAILY),
    "anonymise what patrons keep no history of": ("lending.erasing.tasks.anonymise_unwanted_history", Schedule.MINUTES),
    "find what patrons are to hear of": ("notices.tasks.find_todays_causes", Schedule.HOURLY),
    "send notices": ("notices.tasks.send_due_notices", Schedule.MINUTES),
    "count for statistics": ("reporting.tasks.count_stale_days", Schedule.MINUTES),
    "turn the log's months": ("library.operations.tasks.turn_months_of_log", Schedule.HOURLY),
    "apply retention": ("library.operations.tasks.apply_retention", Schedule.HOURLY),
}


AT_MIDNIGHT = {"expire holds"}
"""Of what runs each hour, that which is to run as soon as a day begins where the library is."""


def set_up(**_: Any) -> None:
    """Adds what is missing after a migration. Rules stay as they are, roles become what `library/roles.py` says."""
    if not _are_migrated(Policy, FeeSchedule, Schedule):
        return  # migrated in part only
    for role in all_roles().values():
        _permit(role)
    for name, (function, rhythm) in SCHEDULES.items():
        if not _is_there(function):
            Schedule.objects.filter(name=name).delete()
            continue
        schedule, _made = Schedule.objects.update_or_create(
            name=name, defaults={"func": function, "schedule_type": rhythm, "minutes": 1, "repeats": -1}
        )
        if name in AT_MIDNIGHT and (run := _whole_hour(schedule.next_run)) != schedule.next_run:
            Schedule.objects.filter(pk=schedule.pk).update(next_run=run)


def _whole_hour(moment: datetime) -> datetime:
    """The first moment from that one on that lies whole hours from midnight."""
    hour = timezone.localtime(moment).replace(minute=0, second=0, microsecond=0)
    return hour if hour == moment else hour + timedelta(hours=1)


def _is_there(function: str) -> bool:
    """Whether the context that has the task is installed."""
    context = function.partition(".")[0]
    return context == "kernel" or apps.is_installed(context)


def _are_migrated(*models: type[Model]) -> bool:
    homes = {model: connection_of(model._meta.app_label) for model in models}
    tables = {home: home.introspection.table_names() for home in set(homes.values())}
    return all(model._meta.db_table in tables[home] for model, home in homes.items())


def _permit(role: Role) -> None:
    """Gives the role's group the permissions that are listed, and takes others away."""
    group, _ = Group.objects.get_or_create(name=role.name)
    codenames = {permission.partition(".")[2] for permission in role.permissions}
    known = Permission.objects.filter(codename__in=codenames).select_related("content_type")
    group.permissions.set([one for one in known if f"{one.content_type.app_label}.{one.codename}" in role.permissions])
