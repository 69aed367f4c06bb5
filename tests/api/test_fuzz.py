"""Whatever a caller sends that the OpenAPI document allows or forbids: the answer is one that the document names."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from library.wsgi import application
from tests.api.library_in_use import LibraryInUse, a_library_in_use

pytestmark = pytest.mark.django_db

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
]
CASES = 8
"""Random cases for each operation, beside those that cover each border of its schema once."""

config = SchemathesisConfig.from_dict(
    {
        "seed": 1446,
        "generation": {"with-security-parameters": False, "deterministic": True, "max-examples": CASES},
    }
)
schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True), config=config)
schema.app = application


@pytest.fixture(scope="module")
def in_use(lasting: None) -> LibraryInUse:
    """People, books, loans and fines to be asked for."""
    return a_library_in_use()


@pytest.fixture
def library(in_use: LibraryInUse) -> Iterator[LibraryInUse]:
    """The same for each operation.

    As Django's own test client does, it keeps the end of a request from closing the test's connection.
    """
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield replace(in_use)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@hypothesis.settings(suppress_health_check=list(HealthCheck))
def test_every_answer_is_one_that_the_document_names(case: Any, library: LibraryInUse) -> None:
    library.put_known_things_into(case)
    for caller in (library.librarian_calls, next(library.others_call)):
        answer = case.call(headers={**caller, "Accept-Encoding": "identity"})  # it reads no compressed answers
        case.validate_response(answer, checks=CHECKS)
