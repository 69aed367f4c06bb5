"""What keeps the contexts apart, where the import contracts can't see it."""

import ast
import importlib.util
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
FACES = ("desk", "opac", "printing")
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


@pytest.mark.parametrize("folder", [one for one in PRODUCT if one != "library"])
def test_nobody_names_the_tables_of_others(folder: str) -> None:
    others = [config for config in apps.get_app_configs() if folder_of(config.name) in {*PRODUCT} - {folder}]
    tables = {model._meta.db_table for config in others for model in config.get_models()}
    for path in sources(folder):
        assert not tables & set(re.findall(r"\b[a-z]+_[a-z]+\b", path.read_text(encoding="utf-8"))), path


@pytest.mark.parametrize("folder", [one for one in PRODUCT if one != "library"])
def test_nobody_names_in_words_what_it_must_not_import(folder: str) -> None:
    below = {folder, "kernel", *(("accounts", "webhooks", *CONTEXTS) if folder in FACES else ())}
    for path in sources(folder):
        for named in names_of_modules(ast.parse(path.read_text(encoding="utf-8"))):
            assert folder_of(named) in below, f"{path}: {named}"


def test_a_module_that_is_named_in_words_is_found() -> None:
    found = names_of_modules(
        ast.parse("MARKS = ['lending.marks.rules.MARKS', 'opac:me', 'lending.view_loan', 'lending']")
    )
    assert found == ["lending.marks.rules.MARKS"]


def folder_of(module: str) -> str:
    """The folder of the product that a module is in."""
    return module.partition(".")[0]


def names_of_modules(tree: ast.AST) -> list[str]:
    """What stands between quotes and is a module of the product, or something in one."""
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    dotted = [text for text in texts if re.fullmatch(r"\w+(\.\w+)+", text) and folder_of(text) in PRODUCT]
    return [text for text in dotted if importlib.util.find_spec(".".join(text.split(".")[:2]))]


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
