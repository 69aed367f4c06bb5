"""Every test here has podman and the image, or is skipped with the reason."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.kubernetes.validate import RENDERERS, renderer
from tests.containers.images import built, why_no_containers
from tests.containers.pods import Town, town


@pytest.fixture(scope="session")
def image() -> str:
    """The repository's Dockerfile, built."""
    if why := why_no_containers():
        pytest.skip(why)
    return built()


@pytest.fixture(scope="module")
def place(image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town in which the manifests are played."""
    if not renderer():
        pytest.skip(f"{' or '.join(RENDERERS)} must be installed")
    folder: Path = tmp_path_factory.mktemp("town")
    with town(folder) as made:
        yield made
