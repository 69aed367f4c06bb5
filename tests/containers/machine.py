"""What this machine lends to a build: where its own Debian packages and Python packages come from."""

import re
import subprocess
import sys
from pathlib import Path


def debian_sources() -> dict[str, str]:
    """The mirrors that apt uses here, by what follows the release in a suite's name: nothing, -security, -updates."""
    places = [Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*")]
    texts = [place.read_text(errors="replace") for place in places if place.is_file()]
    named = re.findall(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.MULTILINE)
    pairs: list[tuple[str, str]] = []
    for stanza in re.split(r"\n\s*\n", "\n\n".join(texts)):
        pairs += re.findall(r"^deb (?:\[[^]]*\] )?(\S+) (\S+)", stanza, re.MULTILINE)
        for address in re.findall(r"^URIs: *(\S+)", stanza, re.MULTILINE):
            pairs += [(address, suite) for suite in " ".join(re.findall(r"^Suites: *(.+)", stanza, re.M)).split()]
    return {
        suite.removeprefix(release): address
        for release in named
        for address, suite in pairs
        if suite.startswith(release) and "debian" in address
    }


def pip_settings() -> dict[str, str]:
    """How pip finds packages here, as environment."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True, timeout=60
    )
    pairs = (line.partition("=") for line in listed.stdout.splitlines())
    named = {key.rpartition(".")[2].strip("."): value.strip("'\"") for key, _, value in pairs}
    return {f"PIP_{name.upper().replace('-', '_')}": value for name, value in named.items()}


def moved(settings: dict[str, str], under: str) -> dict[str, str]:
    """The same settings where this machine's files are found under another folder."""

    def there(word: str) -> str:
        return word.replace(_path(word), under + _path(word)) if _path(word) else word

    return {name: " ".join(map(there, value.split())) for name, value in settings.items()}


def places_in(settings: dict[str, str]) -> list[str]:
    """The files and folders of this machine that the settings name, and what lies beside an index."""
    words = [word for value in settings.values() for word in value.split() if _path(word)]
    return sorted({str(Path(_path(word)).parent) if "://" in word else word for word in words})


def _path(word: str) -> str:
    path = word.removeprefix("file://")
    return path if path.startswith("/") and Path(path).exists() else ""
