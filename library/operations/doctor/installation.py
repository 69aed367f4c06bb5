"""Whether the installation is whole: its settings, its databases, its rules and its people."""

from collections.abc import Iterator
from datetime import date, datetime

from django.conf import settings
from django.core.checks import WARNING, CheckMessage, Error, Warning, run_checks
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from accounts.models import User
from kernel.command_line import counted
from kernel.days.holidays import holidays_of
from kernel.storage.databases import all_databases, answers
from lending.models import CalendarRule
from library.operations.database_faults import why_not

DEMO_CARDS = ["P-0001", "P-0002", "L-0001"]


def settings_are_sound(now: datetime) -> Iterator[CheckMessage]:
    """Django's own checks, those for production where DEBUG is off."""
    yield from (
        message
        for message in run_checks(include_deployment_checks=not settings.DEBUG)
        if message.level >= WARNING and not message.is_silenced()
    )
    if settings.DEBUG:
        yield Warning(
            "DEBUG is on: errors show the inside of the system, and the demo's password is no secret.",
            hint="Set DEBUG=0, SECRET_KEY and ALLOWED_HOSTS before anybody else uses it.",
        )
    if settings.FAULTS:
        yield Warning(f"FAULTS={settings.FAULTS} breaks lending on purpose.", hint="Unset FAULTS and start again.")
    if "*" in settings.ALLOWED_HOSTS:
        yield Warning(
            "ALLOWED_HOSTS lets any name in, so a forged Host header is believed.",
            hint="Set ALLOWED_HOSTS to the names people reach the library by.",
        )


def databases_are_ready(now: datetime) -> Iterator[CheckMessage]:
    """Each database answers, and has the tables that this code works with."""
    for alias in all_databases():
        if answers(alias):
            yield from _migrations_of(alias)
        elif found := why_not(alias):
            why, cure = found
            yield Error(f"The database {alias} can't be used ({why}).", hint=f"{cure[0].upper()}{cure[1:]}.")


def _migrations_of(alias: str) -> Iterator[CheckMessage]:
    executor = MigrationExecutor(connections[alias])
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        named = ", ".join(f"{migration.app_label}.{migration.name}" for migration, _ in missing[:3])
        yield Error(
            f"The database {alias} lacks {counted(len(missing), 'migration', 'migrations')}: {named}"
            f"{', …' if len(missing) > 3 else ''}.",
            hint="Run ./manage.py migrate.",
        )
    ours = {app for app, _ in executor.loader.disk_migrations}
    replaced = {old for migration in executor.loader.disk_migrations.values() for old in migration.replaces}
    known = {*executor.loader.disk_migrations, *replaced}
    if newer := sorted(f"{app}.{name}" for app, name in executor.loader.applied_migrations if (app, name) not in known):
        foreign = all(name.partition(".")[0] not in ours for name in newer)
        yield Warning(
            f"The database {alias} has migrations that this code does not know: {', '.join(newer[:3])}.",
            hint="An app was taken out: nothing to do." if foreign else "A newer release ran here: finish the upgrade.",
        )


KNOWN_HOLIDAYS = {
    date(2025, 1, 27): "임시공휴일",
    date(2026, 2, 17): "설날",
    date(2026, 5, 1): "노동절",
    date(2026, 7, 17): "제헌절",
    date(2027, 5, 3): "노동절 대체 휴일",
    date(2040, 9, 21): "추석",
}
"""Public holidays of Korea that older or other tables lack, or have on another day."""


def holidays_are_known(now: datetime) -> Iterator[CheckMessage]:
    """Where the calendar follows a country's holidays, this installation knows those of days that are known."""
    if not CalendarRule.objects.exclude(holidays="").exists():
        return
    wrong = [
        f"{day} {name}"
        for day, name in KNOWN_HOLIDAYS.items()
        if (found := holidays_of("KR", day.year).get(day)) is None or name not in found.korean
    ]
    if wrong:
        yield Error(
            f"The tables of public holidays are wrong about: {', '.join(wrong)}.",
            hint="Install the release of the package holidays that requirements.txt names.",
        )


def people_are_safe(now: datetime) -> Iterator[CheckMessage]:
    """Somebody may use the staff side, and nobody by a password that all the world knows."""
    librarians = User.objects.filter(is_staff=True, is_active=True)
    if not librarians.exists():
        yield Warning(
            "Nobody may use the staff side.", hint="Run ./manage.py createsuperuser, and give others their roles there."
        )
    known = [
        person.card_number
        for person in User.objects.filter(card_number__in=DEMO_CARDS, is_active=True)
        if not settings.DEBUG and person.check_password(settings.DEMO_PASSWORD)
    ]
    if known:
        yield Error(
            f"{', '.join(known)} can sign in with the demo's password, which is no secret.",
            hint="Give them other passwords, or close the accounts, in the admin.",
        )
