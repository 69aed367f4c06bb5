"""What web and worker may do in PostgreSQL where their role does not own the tables: read and write rows, no more.

The owner migrates, and grants. Of the log of events nothing is changed but positions, and nothing deleted.
"""

from django.core.exceptions import ImproperlyConfigured
from django.db import connections, transaction
from psycopg import sql

RIGHTS = (
    "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
    "REVOKE CREATE ON SCHEMA public FROM {role}",
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}",
    "REVOKE UPDATE, DELETE ON eventbus_event FROM {role}",
    "GRANT UPDATE (position) ON eventbus_event TO {role}",
    "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
)
MONTHS = "SELECT relname FROM pg_inherits JOIN pg_class ON oid = inhrelid WHERE inhparent = 'eventbus_event'::regclass"
"""The log's partitions: only the owner needs to name them, and who may change one may change what was said."""


def grant_rights(alias: str, role: str) -> None:
    """Gives a role what web and worker need in a database, and takes what they do not; at one stroke, as its owner.

    SQLite has no roles: there it does nothing. Raises `ImproperlyConfigured` where the role is the owner.
    """
    connection = connections[alias]
    if connection.vendor == "postgresql":
        with transaction.atomic(using=alias), connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            if cursor.fetchone() == (role,):
                raise ImproperlyConfigured(f"DATABASE_ROLE={role} owns the tables: name the role of web and worker.")
            for statement in RIGHTS:
                cursor.execute(sql.SQL(statement).format(role=sql.Identifier(role)))
            cursor.execute(MONTHS)
            for (month,) in cursor.fetchall():
                names = {"month": sql.Identifier(month), "role": sql.Identifier(role)}
                cursor.execute(sql.SQL("REVOKE ALL ON {month} FROM {role}").format(**names))
