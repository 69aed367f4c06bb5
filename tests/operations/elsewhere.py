"""Another installation: empty databases of the same kinds, on the same server or in files of their own."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.db import connections

from kernel.storage.databases import all_databases


@contextmanager
def another_installation(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of one that has nothing yet; gone with the block."""
    urls, made = {}, []
    for alias in all_databases():
        name = "DATABASE_URL" if alias == "default" else f"{alias.upper()}_DATABASE_URL"
        settings = connections[alias].settings_dict
        if connections[alias].vendor == "sqlite":
            urls[name] = f"sqlite:///{folder}/{alias}.sqlite3"
        else:
            server = f"postgres://{settings['USER']}@{settings['HOST']}:{settings['PORT']}"
            made.append((server, f"elsewhere_{alias}_{uuid.uuid4().hex[:8]}"))
            with psycopg.connect(f"{server}/library", autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{made[-1][1]}"')
            urls[name] = "/".join(made[-1])
    try:
        yield urls | {"FILES_DIR": str(folder / "files")}
    finally:
        for server, database in made:
            with psycopg.connect(f"{server}/library", autocommit=True) as connection:
                connection.execute(f'DROP DATABASE "{database}" WITH (FORCE)')
