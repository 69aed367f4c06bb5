"""The static files: with `DEBUG=0` pages need the manifest that `collectstatic` writes, or they are 500."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error


def are_missing() -> bool:
    """Whether pages would be 500 for want of them."""
    return not settings.DEBUG and not (Path(settings.STATIC_ROOT) / "staticfiles.json").exists()


def collect_where_missing() -> None:
    """Collects them, where DEBUG is off and nobody did; a failure is printed, and doctor and the checks name it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "library.settings")
    if are_missing():
        command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"]
        subprocess.run(command, cwd=settings.BASE_DIR, check=False)  # noqa: S603


def static_files_are_collected(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """An error in a deployment without them."""
    if not are_missing():
        return []
    sentence = "The static files are not collected: sign-in and the API's docs would answer 500."
    cure = f"Run manage.py collectstatic --no-input where {settings.STATIC_ROOT} may be written."
    return [Error(sentence, hint=f"{cure} The web program does so when it starts.", id="library.E001")]


if __name__ == "__main__":
    collect_where_missing()
