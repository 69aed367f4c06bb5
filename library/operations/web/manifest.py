"""What a web process of DEBUG=0 needs before it is loaded."""

import subprocess
import sys
from pathlib import Path

from kernel.environment import Environment

MANIFEST = Path(__file__).parents[3] / "staticfiles" / "staticfiles.json"


def collect_static_files(env: Environment) -> None:
    """In a process of its own, where they are needed and missing."""
    if not env.switch("DEBUG", default=True) and not MANIFEST.exists():
        subprocess.run([sys.executable, "-m", "library.operations.static_files"], check=False)
