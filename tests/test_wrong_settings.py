"""A setting with a value that can't be used stops the start, with a sentence that names it."""

import runpy
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from kernel.environment import Environment
from library.settings import BASE_DIR
from tests.test_settings import python, start

PASSWORD = "hush-hush"
WRONG = [
    ("DEBUG", "offf"),
    ("DEBUG", ""),
    ("KEEP_DAYS", "-1"),
    ("KEEP_DAYS", "0"),
    ("KEEP_DAYS", "99999999"),
    ("KEEP_LOANS_DAYS", "-1"),
    ("KEEP_LOANS_DAYS", "a year"),
    ("WEB_THREADS", "0"),
    ("WORKERS", "0"),
    ("TRUSTED_PROXIES", "-1"),
    ("SIGN_INS_AT_ONCE", "0"),
    ("NOTICES_GATEWAY_AT_ONCE", "many"),
    ("LENDING_AT_ONCE", "-1"),
    ("LENDING_PATIENCE", "nan"),
    ("LENDING_BAD_SHARE", "50"),
    ("LENDING_REST", "-5"),
    ("PORT", "80000"),
    ("AUTHOR_MARK_TABLE", "five"),
    ("LANGUAGE_CODE", "xx"),
    ("TIME_ZONE", "Mars/Phobos"),
    ("TIME_ZONE", "../etc/passwd"),
    ("LOG_LEVEL", "LOUD"),
    ("LENDING_LOG_LEVEL", "LOUD"),
    ("LOG_FORMAT", "xml"),
    ("SECRET_KEY_FILE", "/nowhere/secret"),
    ("DATABASE_URL", f"mysql://ada:{PASSWORD}@host/library"),
    ("DATABASE_URL", f"postgres://ada:{PASSWORD}@host:port/library"),
    ("DATABASE_URL", f"postgres://ada:{PASSWORD}@host/"),
    ("DATABASE_URL", f"postgres://ada:{PASSWORD}@host/library?sslmod=require"),
    ("DATABASE_URL", f"postgres://ada:{PASSWORD}@host/library?disable_server_side_cursors=perhaps"),
    ("DATABASE_URL", f"postgres://ada@host/library?{PASSWORD}"),
    ("DATABASE_URL", "sqlite:////folder/library.sqlite3?mode=ro"),
    ("DATABASE_URL", "library.sqlite3"),
    ("DATABASE_URL", "sqlite://:memory:"),
    ("DATABASE_URL", "sqlite:///:memory:"),
    ("LENDING_DATABASE_URL", "sqlite://"),
    ("LENDING_DATABASE_URL", "lending"),
    ("REPLICA_DATABASE_URL", "replica"),
    ("REDIS_URL", f"ada:{PASSWORD}@host"),
    ("EMAIL_URL", f"smtp+tls://ada:{PASSWORD}@host:port"),
    ("EMAIL_URL", "mail.example.org"),
    ("EMAIL_URL", "smtp://"),
    ("EMAIL_URL", f"smtp+tls://ada:{PASSWORD}@host?timeout=5"),
    ("DEFAULT_FROM_EMAIL", "the library"),
    ("DEFAULT_FROM_EMAIL", "library@example.org\n"),
    ("SITE_URL", "https://"),
    ("SITE_URL", "https://library.example.org/?from=mail"),
    ("SITE_URL", "https://library.example.org\n"),
    ("PROMETHEUS_MULTIPROC_DIR", "/nowhere/figures"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_stops_the_start_and_names_its_setting(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match=f"^{name} ") as stopped:
        runpy.run_path(str(BASE_DIR / "library" / "settings.py"))
    assert PASSWORD not in str(stopped.value)


def test_https_is_never_switched_off_by_a_slip(monkeypatch: pytest.MonkeyPatch) -> None:
    served = {"DEBUG": "0", "SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": "library.example.org"}
    for name, value in (served | {"SECURE_SSL_REDIRECT": "ture"}).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured, match="SECURE_SSL_REDIRECT is 1 or 0, not 'ture'"):
        runpy.run_path(str(BASE_DIR / "library" / "settings.py"))


@pytest.mark.parametrize(
    ("program", "name", "value"),
    [("web", "WEB_WORKERS", "0"), ("web", "WEB_LEAVE", "soon"), ("worker", "WORKER_PORT", "http")],
)
def test_programs_that_read_no_settings_name_them_too(program: str, name: str, value: str) -> None:
    program = f"import runpy; runpy.run_module('library.operations.{program}', run_name='__main__')"
    assert f"ImproperlyConfigured: {name} is " in python(program, **{name: value}).stderr


def test_what_is_set_to_nothing_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WORKERS", "LOG_LEVEL", "LENDING_DATABASE_URL", "REDIS_URL"):
        monkeypatch.setenv(name, "")
    env = Environment()
    assert (env.whole("WORKERS", 2), env.choice("LOG_LEVEL", "INFO", ["INFO"]), env.text("REDIS_URL")) == (
        2,
        "INFO",
        "",
    )
    assert start(LENDING_DATABASE_URL="", REDIS_URL="", WORKERS="", LOG_LEVEL="").returncode == 0


@pytest.mark.parametrize("secret", ["$5fk!", r"\$x", "$HOME", " a ", "한글"])
def test_a_secret_is_taken_letter_for_letter(secret: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's own generator begins every fiftieth with a dollar sign."""
    monkeypatch.setenv("SECRET_KEY", secret)
    assert Environment().text("SECRET_KEY", "another") == secret
    (tmp_path / "mounted").write_text(secret, encoding="utf-8")
    monkeypatch.setenv("MOUNTED_FILE", str(tmp_path / "mounted"))
    assert Environment().text("MOUNTED", "another") == secret


def test_names_stand_between_commas_with_spaces_or_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOWED_HOSTS", "a.example.org, b.example.org ,,")
    assert Environment().parts("ALLOWED_HOSTS") == ["a.example.org", "b.example.org"]


def test_numbers_have_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME", "7")
    assert Environment().whole("SOME", 1, least=7, most=7) == Environment().number("SOME", 1) == 7
    with pytest.raises(ImproperlyConfigured, match="SOME is a whole number from 8 to 9, not '7'"):
        Environment().whole("SOME", 8, least=8, most=9)
