"""What every test shares: which database it runs on."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.db import connections
from django.test import override_settings
from django.utils.translation import deactivate

from catalog.search.freshness import current
from kernel.labels.rules import forget_rules
from lending.overload.admission import Limits, admission
from lending.overload.circuit_breaker import CircuitBreakerRules
from lending.policies.terms import forget_terms
from opac.books.classes import forget_scheme
from opac.kept_pages import forget_pages
from opac.library_page import forget_library_page
from tests.bus import Bus
from tests.every_order import EveryOrder, undone

OTHER_SESSIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
hypothesis.settings.register_profile("no limit of time", deadline=None)  # a busy machine is no fault
hypothesis.settings.load_profile("no limit of time")


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long the chaos story goes on, and how to repeat one."""
    parser.addoption("--chaos-minutes", type=float, default=0, help="at least so long; by default every strike once")
    parser.addoption("--chaos-seed", type=int, help="the seed that a run printed")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> None:
    """Gives each worker a test database of its own; on SQLite a file, since tests use threads and child processes."""
    from django.conf import settings  # noqa: PLC0415  (settings are read only once the database is chosen)

    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    for database in settings.DATABASES.values():
        name = Path(database["NAME"])
        test_name = name.with_name(f"test_{name.stem}_{worker}{name.suffix}")
        database.setdefault("TEST", {})["NAME"] = str(test_name)
        if "connect_timeout" in database["OPTIONS"]:  # a hundred threads connect at once, and machines may be slow
            database["OPTIONS"]["connect_timeout"] = 30


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """In the end the databases are dropped, which PostgreSQL refuses while anybody has a session there: a process that
    a test killed is at work in the server for a moment longer."""
    yield
    with django_db_blocker.unblock():
        for connection in connections.all():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(OTHER_SESSIONS)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test that may use the database may use all of them: each context may have its own.

    What does not depend on the run's database runs with SQLite, and not again with the others.
    """
    for item in items:
        if marker := item.get_closest_marker("django_db"):
            kwargs = {**marker.kwargs, "databases": "__all__"}
            item.add_marker(pytest.mark.django_db(*marker.args, **kwargs), append=False)
        elif {"db", "transactional_db"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.django_db(databases="__all__"), append=False)
        elif not item.get_closest_marker("chaos"):  # which has an installation of its own, on the run's database
            item.add_marker(pytest.mark.once)
    if config.option.database != "sqlite" and (once := [item for item in items if item.get_closest_marker("once")]):
        config.hook.pytest_deselected(items=once)
        items[:] = [item for item in items if item not in once]


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords(django_test_environment: None) -> Iterator[None]:
    """Hashing that is slow on purpose would be most of the run's time."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def _rules_of_this_test() -> Iterator[None]:
    """A process remembers the rules for older numbers for a while, pages, and the language of its last request, and so
    would the next test."""
    yield
    deactivate()
    forget_rules()
    forget_library_page()
    forget_terms()
    forget_scheme()
    forget_pages()
    current.forget()


@pytest.fixture(autouse=True)
def _room_for_everybody() -> None:
    """What one test did to the admission is no other's business, and a slow machine is no overload."""
    admission.reset(Limits(concurrent=1_000, queued=1_000, timeout=60), CircuitBreakerRules(slow=600, minimum=10**6))


@pytest.fixture(scope="module")
def lasting(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """What is made on top of this is there for each test of a module, and undone behind the last. What a test does to
    it is undone behind that test; so none of them may need transactions of its own."""
    with django_db_blocker.unblock(), undone():
        yield


@pytest.fixture
def bus(request: pytest.FixtureRequest) -> Bus:
    """The real bus; in each story deliveries are made in order, reversed and doubled, and come to the same.

    Where the way to the same answers differs, a story is told once for each order: `@in_each_order`.
    """
    return Bus(request.param) if hasattr(request, "param") else EveryOrder()
