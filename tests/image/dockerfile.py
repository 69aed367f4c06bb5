"""Reads a Dockerfile and a .dockerignore, as far as this project uses them. Anything else is an error, not a guess."""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path


class NotUnderstood(Exception):
    """The Dockerfile says something that this reader has not learnt."""


@dataclass
class Stage:
    """What one FROM begins: the steps that change its files, and what its containers start with."""

    name: str
    parent: str
    steps: list[tuple[str, str]] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)

    def words_of(self, instruction: str) -> list[str]:
        """What follows CMD, ENTRYPOINT or HEALTHCHECK, in exec form."""
        return json.loads(self.settings[instruction].rpartition("CMD ")[2])


def read(text: str) -> dict[str, Stage]:
    """The stages by name; one that has none is named by its number, as engines do."""
    stages: dict[str, Stage] = {}
    for line in text.splitlines():
        instruction, _, argument = line.strip().partition(" ")
        if instruction == "FROM":
            parent, _, name = argument.partition(" AS ")
            stage = Stage(name or str(len(stages)), parent)
            stages[stage.name] = stage
        elif instruction and not instruction.startswith("#"):
            _take(stage, instruction, argument)
    return stages


def _take(stage: Stage, instruction: str, argument: str) -> None:
    if instruction in {"ENV", "RUN", "COPY", "WORKDIR"} and not argument.endswith("\\"):
        stage.steps.append((instruction, argument))
    elif instruction in {"USER", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"}:
        stage.settings[instruction] = argument
    else:
        raise NotUnderstood(f"{instruction} {argument}")


class Ignored:
    """What a .dockerignore leaves out of the build: the last pattern that fits a path, or a folder above, decides."""

    def __init__(self, text: str) -> None:
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        self._rules = [(line.startswith("!"), line.lstrip("!").strip("/")) for line in lines]

    def __contains__(self, path: str) -> bool:
        ignored = False
        for keeps, pattern in self._rules:
            if re.fullmatch(_expression(pattern) + "(/.*)?", path):
                ignored = not keeps
        return ignored

    def left_in(self, folder: Path) -> Iterator[str]:
        """The files that go to the build, by their paths within the folder."""
        for place, folders, names in os.walk(folder):
            here = Path(place).relative_to(folder)
            folders[:] = [name for name in folders if not self._is_shut(str(here / name))]
            yield from (path for name in names if (path := str(here / name)) not in self)

    def _is_shut(self, path: str) -> bool:
        opened = any(keeps and (pattern + "/").startswith(path + "/") for keeps, pattern in self._rules)
        return path in self and not opened


def _expression(pattern: str) -> str:
    parts = {"**/": "(.*/)?", "*": "[^/]*"}
    return "".join(parts.get(part, re.escape(part)) for part in re.split(r"(\*\*/|\*)", pattern))
