"""Starts programs in what a build made, as a careful engine would: read-only, as nobody special."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.image.building import SYSTEM, Builder, name_space
from tests.image.dockerfile import Stage

START = """
mount -t overlay overlay -o "ro,lowerdir=$LAYERS" "$ROOT"
mount -t tmpfs -o mode=1777 tmpfs "$ROOT/tmp"
mount --bind "$FILES" "$ROOT/var/lib/library/files"
"""
PERSON = "10001:10001"


class Engine:
    """Runs the image's programs. What they write to the files' volume is in `files`; all else is gone with them."""

    def __init__(self, builder: Builder, image: Stage, **environment: str) -> None:
        self.image, self.files = image, builder.folder / "files"
        self._told = {"ROOT": str(builder.root), "LAYERS": ":".join(map(str, builder.layers_of(image)))}
        self.environment = {**image.environment, **environment}
        self.files.mkdir()
        os.chown(self.files, *map(int, PERSON.split(":")))

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Runs one command to its end."""
        return subprocess.run(
            self._command(list(command), more), env=self._env(), capture_output=True, text=True, timeout=120
        )

    @contextmanager
    def started(self, *command: str, **more: str) -> Iterator["Container"]:
        """Runs one while the block runs; its words are in the files' volume's neighbour `log`."""
        log = self.files.with_name("log")
        with log.open("ab") as told:
            process = subprocess.Popen(self._command(list(command), more), env=self._env(), stdout=told, stderr=told)
        try:
            yield Container(process, log)
        finally:
            process.kill()  # its name space, and all in it, ends with it
            process.wait()

    def _env(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "FILES": str(self.files), **self._told}

    def _command(self, command: list[str], more: dict[str, str]) -> list[str]:
        assert self.image.settings["USER"] == PERSON
        whole = [*self.image.words_of("ENTRYPOINT"), *command]
        given = [f"{name}={value}" for name, value in {**self.environment, **more}.items()]
        inside = f'cd {self.image.folder()} && exec "$@"'
        script = f'{START}{SYSTEM}exec setpriv --no-new-privs chroot --userspec={PERSON} "$ROOT" env -i "$@"'
        return [*name_space(script), "sh", *given, "sh", "-c", inside, "sh", *whole]


class Container:
    """A program that runs, as the first process of its name space."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process, self._log = process, log

    def told_to_stop(self, number: signal.Signals) -> int:
        """Sends that to its first process, and answers how it ended, within 30 seconds."""
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        os.kill(int(children[0]), number)
        return self._process.wait(30)

    def wait_until(self, reached: Callable[[], object], within: float = 60) -> None:
        """Looks again and again until it is so, while the program runs."""
        deadline = time.monotonic() + within
        while not reached():
            assert self._process.poll() is None, self.said()[-3000:]
            assert time.monotonic() < deadline, self.said()[-3000:]
            time.sleep(0.1)

    def said(self) -> str:
        """What it and those before it wrote."""
        return self._log.read_text(errors="replace")
