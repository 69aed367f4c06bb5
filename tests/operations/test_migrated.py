"""Whether all migrations were applied is seen by their names, which are those that Django would load."""

import sys

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from library.operations.health import all_migrations, is_migrated


def test_the_migrations_are_those_that_django_finds() -> None:
    assert all_migrations() == {*MigrationLoader(None).disk_migrations}


@pytest.mark.django_db
def test_a_database_without_one_of_them_is_not_migrated() -> None:
    assert is_migrated("default")
    MigrationRecorder(connection).record_unapplied("eventbus", "0002_months")
    assert not is_migrated("default")


@pytest.mark.django_db
def test_none_is_imported_for_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "lending.migrations.0001_initial", raising=False)
    assert is_migrated("default")
    assert "lending.migrations.0001_initial" not in sys.modules
