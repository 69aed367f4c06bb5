"""Builds the image without an engine: its steps are carried out in root file systems of their own.

Debian's base comes by debootstrap from the mirrors that this machine uses, and pip finds packages as it does here.
Whatever is mounted is mounted in a name space that ends with the step, so that nothing stays mounted.
"""

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from tests.image.dockerfile import Ignored, Stage, read
from tests.image.machine import debian_sources, moved, pip_settings, places_in

SYSTEM = """
mount -t proc proc "$ROOT/proc"
mount --rbind /dev "$ROOT/dev"
mount -t tmpfs tmpfs "$ROOT/dev/shm"
"""
LENT = """
mount -t tmpfs tmpfs "$ROOT/run"
for place in $LENT; do
    there="$ROOT/run/lent$place"
    if [ -d "$place" ]; then mkdir -p "$there"; else mkdir -p "${there%/*}"; touch "$there"; fi
    mount --rbind "$place" "$there"
done
for place in /etc/resolv.conf /etc/hosts; do touch "$ROOT$place"; mount --bind "$place" "$ROOT$place"; done
"""
SEARCHED = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Builder:
    """Carries out the Dockerfile of a folder; what it makes is in layers, as an engine would have them."""

    def __init__(self, folder: Path, context: Path) -> None:
        self.folder, self.context, self.root = folder, context, folder / "root"
        self.stages = read((context / "Dockerfile").read_text(encoding="utf-8"))
        self._ignored = Ignored((context / ".dockerignore").read_text(encoding="utf-8"))
        self._pip = pip_settings()
        self._at = "/"

    def build(self) -> Stage:
        """Makes every stage; answers the last one, which is the image."""
        self.root.mkdir()
        self._bootstrap()
        for stage in self.stages.values():
            for part in ("layer", "work"):
                self._part(stage, part).mkdir()
            self._at = "/"
            for instruction, argument in stage.steps:
                {"RUN": self._run, "COPY": self._copy, "WORKDIR": self._work_in}[instruction](stage, argument)
        return stage

    def layers_of(self, stage: Stage) -> list[Path]:
        """A stage's own files, those of its parents, and Debian's: the uppermost first."""
        parent = self.stages.get(stage.parent)
        return [self._part(stage, "layer"), *(self.layers_of(parent) if parent else [self.folder / "debian"])]

    def _part(self, stage: Stage, part: str) -> Path:
        return self.folder / f"{stage.name}.{part}"

    def _bootstrap(self) -> None:
        sources, debian = debian_sources(), self.folder / "debian"
        command = ["debootstrap", "--variant=minbase", "trixie", str(debian), sources[""]]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
        lines = [f"deb {uri} trixie{part} main\n" for part, uri in sources.items()]
        (debian / "etc/apt/sources.list").write_text("".join(lines))
        (debian / "etc/dpkg/dpkg.cfg.d/speed").write_text("force-unsafe-io\n")  # Debian's own images have it too

    def _work_in(self, stage: Stage, folder: str) -> None:
        (self._part(stage, "layer") / folder.lstrip("/")).mkdir(parents=True, exist_ok=True)
        self._at = folder

    def _run(self, stage: Stage, command: str) -> None:
        proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
        known = {"PATH": SEARCHED, **stage.environment, **proxies, **moved(self._pip, "/run/lent")}
        given = [f"{name}={value}" for name, value in known.items()]
        inside = shlex.join(["env", "-i", *given, "/bin/sh", "-c", f"cd {self._at} && {command}"])
        self._enter(stage, f'{SYSTEM}{LENT}exec chroot "$ROOT" {inside}', places_in(self._pip))

    def _copy(self, stage: Stage, argument: str) -> None:
        *options, source, target = shlex.split(argument)
        layer = self._part(stage, "layer")
        if options:
            [other] = [option.removeprefix("--from=") for option in options]
            there = layer / target.lstrip("/")
            there.parent.mkdir(parents=True, exist_ok=True)
            made = self._part(self.stages[other], "layer") / source.lstrip("/")
            subprocess.run(["cp", "-a", f"{made}/.", str(there)], check=True, timeout=120)
            return
        for path in self._ignored.left_in(self.context) if source == "." else [source]:
            assert path not in self._ignored, f"COPY {argument}: the .dockerignore leaves it out"
            there = layer / (f"{self._at}/{path}" if source == "." else target).lstrip("/")
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.context / path, there)

    def _enter(self, stage: Stage, script: str, lent: list[str]) -> None:
        own, *below = map(str, self.layers_of(stage))
        overlay = f"lowerdir={':'.join(below)},upperdir={own},workdir={self._part(stage, 'work')}"
        whole = f'mount -t overlay overlay -o {overlay} "$ROOT"\n{script}'
        done = subprocess.run(
            name_space(whole),
            env={"PATH": SEARCHED, "ROOT": str(self.root), "LENT": " ".join(lent)},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"


def name_space(script: str) -> list[str]:
    """The command that runs a shell script whose mounts and processes are gone when it ends."""
    return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-euc", script]
