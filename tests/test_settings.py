"""How the library starts, by its environment."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from secrets import token_urlsafe

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.roles import all_roles, roles_of
from library.operations.set_up import set_up
from library.settings import BASE_DIR

READ_SETTINGS = (
    "library/settings.py", "library/operations/worker/__main__.py", "lending/overload/configuration.py",
)  # fmt: skip


def start(**environment: str) -> subprocess.CompletedProcess[str]:
    """Reads the settings in a process of their own."""
    return python("from library import settings; print(settings.DATABASES)", **environment)


def python(program: str, *, cwd: Path = BASE_DIR, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a program with this environment and no more."""
    command = [sys.executable, "-c", program]
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}}
    return subprocess.run(command, cwd=cwd, env={**clean, **environment}, capture_output=True, text=True)


def test_production_without_a_secret_does_not_start_and_says_why() -> None:
    started = start(DEBUG="0", ALLOWED_HOSTS="library.example.org")
    assert started.returncode == 1
    assert "SECRET_KEY is missing" in started.stderr


def test_production_without_hosts_does_not_start_and_says_why() -> None:
    started = start(DEBUG="0", SECRET_KEY="x" * 60)
    assert started.returncode == 1
    assert "ALLOWED_HOSTS is missing" in started.stderr


def test_production_never_breaks_lending_on_purpose() -> None:
    started = start(DEBUG="0", SECRET_KEY="x" * 60, ALLOWED_HOSTS="library.example.org", FAULTS="full=0")
    assert started.returncode == 1
    assert "FAULTS" in started.stderr
    assert start(FAULTS="full=0").returncode == 0


def test_production_passes_every_check_of_a_deployment() -> None:
    environment = {"DEBUG": "0", "SECRET_KEY": token_urlsafe(50), "ALLOWED_HOSTS": "library.example.org"}
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME"}}
    checked = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level=WARNING"],
        cwd=BASE_DIR,
        env={**clean, **environment},
        capture_output=True,
        text=True,
    )
    not_collected = [] if (BASE_DIR / "staticfiles" / "staticfiles.json").exists() else ["library.E001"]
    assert re.findall(r"\((\w+\.[EW]\d+)\)", checked.stderr) == not_collected
    assert checked.returncode == bool(not_collected), checked.stderr


def test_development_needs_no_environment() -> None:
    assert "sqlite3" in start().stdout


def test_the_database_is_chosen_by_its_address() -> None:
    assert "postgresql" in start(DATABASE_URL="postgres://ada:pw@127.0.0.1:5432/town").stdout


@pytest.mark.parametrize(
    ("url", "web", "command"),
    [
        (
            "postgres://ada@127.0.0.1/town",
            "-c jit=off -c lock_timeout=3s -c statement_timeout=15s",
            "'options': '-c jit=off'",
        ),
        ("sqlite:////tmp/town.sqlite3", "'timeout': 3,", "'timeout': 20,"),
    ],
)
def test_only_who_serves_people_gives_up_soon(url: str, web: str, command: str) -> None:
    serving = "import library.wsgi; from django.conf import settings; print(settings.DATABASES)"
    assert web in python(serving, DATABASE_URL=url).stdout
    assert command in start(DATABASE_URL=url).stdout


def test_a_context_has_a_database_of_its_own_where_its_address_is_set() -> None:
    own = {"LENDING_DATABASE_URL": "postgres://ada:pw@127.0.0.1:5432/lending", "CATALOG_DATABASE_URL": "sqlite:///c.db"}
    started = start(DATABASE_URL="sqlite:///town.db", FINES_DATABASE_URL="sqlite:///town.db", **own).stdout
    chosen = {alias: found["ENGINE"].rpartition(".")[2] for alias, found in ast.literal_eval(started).items()}
    assert chosen == {"default": "sqlite", "catalog": "sqlite", "lending": "postgresql"}


def test_relative_places_are_the_projects_whatever_folder_a_command_is_started_in(tmp_path: Path) -> None:
    named = {"DATABASE_URL": "sqlite:///town.db", "FILES_DIR": "files", "SEARCH_DIR": "of/search"}
    names = "settings.DATABASES['default']['NAME'], str(settings.FILES_DIR), settings.SEARCH_DIR"
    started = python(f"from library import settings; print([{names}])", cwd=tmp_path, **named)
    assert ast.literal_eval(started.stdout) == [str(BASE_DIR / name) for name in ("town.db", "files", "of/search")]


@pytest.mark.django_db
def test_the_demo_is_never_loaded_outside_debug(settings) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="only where DEBUG is on"):
        call_command("load_demo")
    call_command("load_demo", "--if-empty")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_the_demo_goes_into_an_empty_database_only(settings, capsys) -> None:
    settings.DEBUG = True
    call_command("load_demo")
    assert "P-0001" in capsys.readouterr().out
    librarian = User.objects.get(card_number="L-0001")
    assert {role.name for role in roles_of(librarian)} == {"administrator", "operator"}
    assert librarian.has_perm("lending.override")
    with pytest.raises(CommandError, match="empty one only"):
        call_command("load_demo")


@pytest.mark.django_db
def test_a_migration_gives_each_role_the_permissions_of_the_table_and_no_other() -> None:
    desk, cashier = Group.objects.get(name="desk"), Group.objects.get(name="cashier")
    desk.permissions.add(Permission.objects.get(codename="take_payment"))
    desk.permissions.remove(Permission.objects.get(codename="add_loan"))
    cashier.delete()

    for _time in range(2):
        set_up()

        for role in all_roles().values():
            names = Group.objects.get(name=role.name).permissions.values_list("content_type__app_label", "codename")
            assert {f"{label}.{name}" for label, name in names} == role.permissions
    assert Group.objects.count() == len(all_roles())


def test_every_setting_is_told_to_operators_and_none_that_is_not_there() -> None:
    page = (BASE_DIR / "docs" / "operations.md").read_text(encoding="utf-8")
    section = page.partition("\n## Settings\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[A-Z].*?) \|", section, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}

    files = [(BASE_DIR / name).read_text(encoding="utf-8") for name in READ_SETTINGS]
    read = {*re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', "".join(files))}
    read -= {"DRAINING_MARK"}  # set by library/operations/web/serving.py
    procfile = re.findall(r"\$\{?([A-Z_]+)", (BASE_DIR / "Procfile").read_text(encoding="utf-8"))
    apart = ("CATALOG", "LENDING", "FINES", "DASHBOARD", "NOTICES", "REPORTING")
    contexts = {f"{context}_DATABASE_URL" for context in apart}
    assert named == read | {*procfile} | contexts
