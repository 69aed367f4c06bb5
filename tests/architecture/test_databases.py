"""What lets each context have a database of its own: nothing reaches from one into another."""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db.models import ForeignKey, Model

from tests.architecture.test_contexts import CONTEXTS, sources

BARE = re.compile(r"transaction\.(atomic|on_commit|set_rollback)|django\.db import .*\bconnections?\b")


def to_people(model: type[Model]) -> Iterator[ForeignKey]:
    """The relations of a model that lead to people, who live in `default`."""
    for field in model._meta.get_fields():
        if isinstance(field, ForeignKey) and field.related_model._meta.label == settings.AUTH_USER_MODEL:
            yield field


NAMES = {
    field.name
    for context in CONTEXTS
    for model in apps.get_app_config(context).get_models()
    for field in to_people(model)
}
JOIN = re.compile(rf"""\b({"|".join(NAMES)})__(?!in\b)[a-z]|select_related\([^)]*["']({"|".join(NAMES)})["']""")


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_relation_to_people_is_no_constraint(context: str) -> None:
    for model in apps.get_app_config(context).get_models():
        for field in to_people(model):
            assert not field.db_constraint, field


@pytest.mark.parametrize("context", CONTEXTS)
def test_no_query_joins_people(context: str) -> None:
    for path in sources(context):
        assert not JOIN.search(path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize("context", CONTEXTS)
def test_no_list_of_the_admin_joins_people(context: str) -> None:
    for model, page in admin.site._registry.items():
        people = {field.name for field in to_people(model)}
        if model._meta.app_label == context and people & set(page.list_display):
            assert isinstance(page.list_select_related, tuple), page  # else Django joins what the list shows
            assert not people & set(page.list_select_related), page


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_context_opens_transactions_in_its_own_database(context: str) -> None:
    for path in sources(context):
        text = path.read_text(encoding="utf-8")
        assert not BARE.search(text), path
        named = re.findall(r"""(?:atomic_in|after_commit_in|connection_of)\(["'](\w+)["']""", text)
        assert set(named) <= {context}, path


@pytest.mark.parametrize(
    "text", ['filter(patron__name="x")', 'select_related("patron")', 'select_related("book", "by")']
)
def test_the_test_for_joins_can_fail(text: str) -> None:
    assert JOIN.search(text)
