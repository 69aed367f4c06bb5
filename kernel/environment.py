"""What the environment sets. A value that can't be used stops the start with a sentence that names its setting.

The sentence quotes no address: there are passwords in those.
"""

import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

ON, OFF = ("1", "true", "on", "yes", "y", "ok"), ("0", "false", "off", "no", "n")


class Environment:
    """Settings by their names. `NAME_FILE` names a file that has the value, as secrets are mounted."""

    def text(self, name: str, default: str = "") -> str:
        """What stands there, letter for letter."""
        text = self._read(name)
        return default if text is None else text

    def folder(self, name: str) -> str:
        """A folder that is there; empty where none is named."""
        path = self.text(name)
        if path and not Path(path).is_dir():
            raise ImproperlyConfigured(f"{name} is a folder that is there, not {path!r}.")
        return path

    def parts(self, name: str, default: Collection[str] = ()) -> list[str]:
        """What stands between commas, without the spaces around it."""
        text = self._read(name)
        return [*default] if text is None else [part.strip() for part in text.split(",") if part.strip()]

    def choice(self, name: str, default: str, among: Collection[str]) -> str:
        """One of those words, in small or capital letters; the default too where it is set to nothing."""
        word = (self._read(name) or "").strip() or default
        if chosen := next((one for one in among if one.lower() == word.lower()), None):
            return chosen
        raise ImproperlyConfigured(f"{name} is {' or '.join(among)}, not {word!r}.")

    def switch(self, name: str, *, default: bool) -> bool:
        """Whether it is on. What is misspelt or empty is neither on nor off."""
        word = self._read(name)
        if word is not None and word.strip().lower() not in ON + OFF:
            raise ImproperlyConfigured(f"{name} is 1 or 0, not {word!r}.")
        return default if word is None else word.strip().lower() in ON

    def whole(self, name: str, default: int, *, least: int = 0, most: int = 1_000_000) -> int:
        """A whole number between those; the default too where it is set to nothing."""
        return self._between(name, default, int, "a whole number", (least, most))

    def number(self, name: str, default: float, *, least: float = 0, most: float = 1_000_000) -> float:
        """A number, with decimals or without, between those; the default too where it is set to nothing."""
        return self._between(name, default, float, "a number", (least, most))

    def _between(self, name: str, default: Any, read: Callable[[str], Any], what: str, bounds: tuple[Any, Any]) -> Any:
        text = (self._read(name) or "").strip()
        try:
            number = read(text) if text else default
        except ValueError:
            number = None
        if number is None or not bounds[0] <= number <= bounds[1]:
            raise ImproperlyConfigured(f"{name} is {what} from {bounds[0]} to {bounds[1]}, not {text!r}.")
        return number

    def _read(self, name: str) -> str | None:
        if not (file := os.environ.get(f"{name}_FILE")):
            return os.environ.get(name)
        try:
            return Path(file).read_text(encoding="utf-8")
        except (OSError, ValueError) as fault:
            raise ImproperlyConfigured(f"{name}_FILE names a file that can't be read: {file} ({fault}).") from fault
