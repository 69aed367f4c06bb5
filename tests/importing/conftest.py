"""The kind of import that these tests take in, and where its files lie."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from kernel.importing.kinds import kinds
from tests.importing.titles import KIND_PATH


@pytest.fixture(autouse=True)
def _kind_of_these_tests(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.IMPORTS = [KIND_PATH]
    settings.MEDIA_ROOT = tmp_path / "files"
    kinds.cache_clear()
    with translation.override("en"):  # whatever the test before has left in this thread
        yield
    kinds.cache_clear()
