"""Addresses that settings have. An error names the setting and quotes nothing: there are passwords in addresses."""

from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

DATABASE = "the address of a database, sqlite:////folder/library.sqlite3 or postgres://user:password@host:5432/library"
SCHEMES = {"sqlite", "postgres", "postgresql", "psql", "pgsql"}
MAIL_SERVER = "the address of a mail server, such as smtp+tls://user:password@host:587"
REDIS = "the address of a Redis, such as redis://host:6379/0"


def database_parts(url: str, named: str) -> dict[str, Any]:
    """The parts of a database's address, by Django's names."""
    try:
        parts: dict[str, Any] = environ.Env.db_url_config(url) if url.partition(":")[0] in SCHEMES else {}
    except ValueError as fault:
        raise ImproperlyConfigured(f"{named} is not {DATABASE}.") from fault
    if not parts.get("NAME"):
        raise ImproperlyConfigured(f"{named} is not {DATABASE}.")
    return parts


def mail_settings(url: str) -> dict[str, Any]:
    """Django's settings for the mail server at that address."""
    try:
        found: dict[str, Any] = environ.Env.email_url_config(url)
    except (ValueError, ImproperlyConfigured) as fault:
        raise ImproperlyConfigured(f"EMAIL_URL is not {MAIL_SERVER}.") from fault
    if found["EMAIL_BACKEND"].endswith("smtp.EmailBackend") and not found["EMAIL_HOST"]:
        raise ImproperlyConfigured(f"EMAIL_URL is not {MAIL_SERVER}.")
    return found


def redis_address(url: str) -> str:
    """The address itself; empty where there is none."""
    try:
        parts = urlsplit(url)
        known = parts.scheme == "unix" or (parts.scheme in {"redis", "rediss"} and parts.hostname and parts.port != 0)
    except ValueError as fault:
        raise ImproperlyConfigured(f"REDIS_URL is not {REDIS}.") from fault
    if url and not known:
        raise ImproperlyConfigured(f"REDIS_URL is not {REDIS}.")
    return url
