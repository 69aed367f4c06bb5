"""What the addresses of databases and of the mail server say is heard, or refused: never ignored."""

from typing import Any

import psycopg
import pytest
from django.db import connection

from kernel.addresses import mail_settings
from kernel.connecting import SILENT, database_settings
from tests.processes import environment, run

CONNECTED = """
import django
django.setup()
from django.db import connection
connection.ensure_connection()
print(connection.connection.info.host)
"""


def parts_of(url: str) -> dict[str, Any]:
    settings = database_settings(url, pool=0, process="command")
    return {name: settings[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}


def options_of(url: str, process: str = "command", pool: int = 0) -> dict[str, Any]:
    return dict(database_settings(url, pool=pool, process=process)["OPTIONS"])


def test_what_postgresql_s_client_is_told_reaches_it() -> None:
    asked = (
        "postgres://ada@host/town?sslmode=verify-full&sslrootcert=/etc/ca.pem&connect_timeout=9&options=-c%20a.b%3D1"
    )
    told = {"sslmode": "verify-full", "sslrootcert": "/etc/ca.pem", "connect_timeout": "9", **SILENT}
    assert options_of(asked) == told | {"options": "-c a.b=1 -c jit=off"}
    served = options_of(asked, process="worker", pool=4)
    assert served.pop("pool")["max_size"] == 4
    assert served.pop("options").startswith("-c a.b=1 -c jit=off -c lock_timeout=10s")
    assert served == told
    assert options_of("postgres://ada@host/town") == {"options": "-c jit=off", "connect_timeout": 3, **SILENT}
    assert options_of("postgres://ada@host/town?keepalives_idle=60")["keepalives_idle"] == "60"
    assert options_of("postgres://ada@host/town", pool=4)["connect_timeout"] == 3


@pytest.mark.parametrize(
    ("url", "user", "host", "port"),
    [
        ("postgres://ada@%2Frun%2Fpostgresql:5433/town", "ada", "/run/postgresql", "5433"),
        ("postgresql:///town?host=/run/postgresql&user=ada", "ada", "/run/postgresql", ""),
        ("postgres:////run/postgresql/town", "", "/run/postgresql", ""),
        ("psql://ada@one:5432,two:5433/town", "ada", "one,two", "5432,5433"),
        ("pgsql://ada@[::1]/town", "ada", "::1", ""),
    ],
)
def test_a_server_is_reached_by_a_socket_or_at_several_hosts(url: str, user: str, host: str, port: str) -> None:
    assert parts_of(url) == {"NAME": "town", "USER": user, "PASSWORD": "", "HOST": host, "PORT": port}


def test_a_plus_sign_in_a_name_or_password_is_one() -> None:
    password = "a+b%2B%20c%40"
    parts = parts_of(f"postgres://ada+1:{password}@host/town")
    assert (parts["USER"], parts["PASSWORD"]) == ("ada+1", "a+b+ c@")
    mails = mail_settings("smtp+tls://library+notices%40example.org:a+b%2B%20c@host:587")
    assert (mails["EMAIL_HOST_USER"], mails["EMAIL_HOST_PASSWORD"]) == ("library+notices@example.org", "a+b+ c")


@pytest.mark.parametrize(("query", "without"), [("", False), ("?disable_server_side_cursors=true", True)])
def test_behind_a_pooler_of_transactions_cursors_are_of_the_client(query: str, without: bool) -> None:
    url = f"postgres://ada@host/town{query}{'&' if query else '?'}sslmode=require"
    assert database_settings(url, pool=0, process="web")["DISABLE_SERVER_SIDE_CURSORS"] is without
    assert options_of(url)["sslmode"] == "require"


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no server")
def test_a_server_without_tls_is_refused_where_it_is_required_and_found_by_its_socket() -> None:
    url = environment()["DATABASE_URL"]
    refused = run("-c", CONNECTED, DATABASE_URL=f"{url}?sslmode=require")
    assert "server does not support SSL, but SSL was required" in refused.stderr
    with psycopg.connect(url) as line:
        (folder,) = line.execute("SHOW unix_socket_directories").fetchone() or ("",)
    settings = connection.settings_dict
    by_socket = f"postgres://{settings['USER']}@/{settings['NAME']}?host={folder}&port={settings['PORT']}"
    assert run("-c", CONNECTED, DATABASE_URL=by_socket).stdout == f"{folder}\n"
