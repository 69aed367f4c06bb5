"""What keeps the contexts apart, where the import contracts can't see it."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from kernel.storage.databases import EVERYWHERE

CONTEXTS = ("catalog", "lending", "fines", "dashboard", "notices", "reporting")
OURS = (*CONTEXTS, "accounts", "eventbus", "webhooks", "http", "importing")
PROJECT = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
PRODUCT: tuple[str, ...] = tuple(PROJECT["importlinter"]["root_packages"])
"""Every folder of the product, as the import contracts have them."""


def sources(*folders: str) -> Iterator[Path]:
    """The Python files of these folders, without migrations."""
    for folder in folders:
        yield from (path for path in (settings.BASE_DIR / folder).rglob("*.py") if "migrations" not in path.parts)


@pytest.mark.parametrize("context", CONTEXTS)
def test_no_relation_leaves_a_context_but_to_the_user(context: str) -> None:
    for model in apps.get_app_config(context).get_models():
        for field in model._meta.get_fields():
            if field.is_relation and field.concrete:
                target = field.related_model._meta
                is_near = target.app_label in {context, *EVERYWHERE}  # the kernel's tables that are in its own database
                assert is_near or target.label == settings.AUTH_USER_MODEL, f"{model}.{field.name}"


@pytest.mark.parametrize("context", CONTEXTS)
def test_no_migration_depends_on_another_context(context: str) -> None:
    allowed = {context, "accounts", "__setting__", "auth", "contenttypes", *EVERYWHERE}
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if app == context:
            assert {dependency[0] for dependency in migration.dependencies} <= allowed, f"{app}.{name}"


@pytest.mark.parametrize("context", CONTEXTS)
def test_no_context_names_anothers_tables(context: str) -> None:
    others = [other for other in OURS if other != context]
    named = re.compile(rf"""["'\s]({"|".join(others)})_[a-z]+[\s"']""")
    tables = {model._meta.db_table for other in others for model in apps.get_app_config(other).get_models()}
    for path in sources(context):
        for match in named.finditer(path.read_text(encoding="utf-8")):
            assert match.group(0).strip(" \n\"'") not in tables, f"{path}: {match.group(0)}"


def test_nobody_fetches_a_model_by_name() -> None:
    for path in sources(*PRODUCT):
        assert "get_model(" not in path.read_text(encoding="utf-8"), path


def test_nobody_uses_model_signals() -> None:
    for path in sources(*PRODUCT):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(pre|post)_(save|delete|init)\b|m2m_changed", text), path


def test_every_tool_reads_every_folder_of_the_product() -> None:
    assert set(PROJECT["mypy"]["files"]) == set(PRODUCT)
    assert set(PROJECT["ruff"]["lint"]["isort"]["known-first-party"]) == {*PRODUCT, "benchmarks", "tests"}


@pytest.mark.parametrize("name", ["handlers.py", "services.py", "events.py", "eventbus"])
def test_whoever_reads_a_handler_service_event_or_the_bus_finds_its_promise(name: str) -> None:
    for path in sources(*CONTEXTS, "accounts", "kernel/eventbus", "webhooks"):
        if name in path.parts and path.name not in {"api.py", "admin.py", "apps.py"}:
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
                refusal = isinstance(node, ast.ClassDef) and "sentence" in ast.unparse(node)
                assert not public or refusal or ast.get_docstring(node), f"{path}: {node.name}"
