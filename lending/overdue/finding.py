"""Loans that fell overdue and were not announced yet, by SQL, since SQLite must be given the index to look for them: it
would take the one that holds the announced ones too, which stay in it until they come back."""

from datetime import date

from kernel.storage.databases import connection_of
from lending.outstanding import only_claimed

UNANNOUNCED = "FROM lending_loan {index} WHERE status = 'active' AND expired_at IS NULL AND due_on < %s"
COUNT = f"SELECT count(*) {UNANNOUNCED} AND id NOT IN ({{claimed}})"
NEXT_DAY = f"SELECT due_on {UNANNOUNCED} AND due_on > %s ORDER BY due_on LIMIT 1"
INDEX = {"postgresql": "", "sqlite": "INDEXED BY loan_to_expire"}


def count_to_expire(as_of: date) -> int:
    """How many loans with copies out were due before that day and are to be announced."""
    connection = connection_of("lending")
    claimed, parameters = only_claimed().query.get_compiler(connection=connection).as_sql()
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(index=INDEX[connection.vendor], claimed=claimed), [as_of, *parameters])
        return int(cursor.fetchone()[0])


def next_day(day: date, as_of: date) -> date | None:
    """The next day behind `day` and before the other on which loans were due that may be announced. One after the
    other: to list the days, a database would read all their loans."""
    connection = connection_of("lending")
    with connection.cursor() as cursor:
        cursor.execute(NEXT_DAY.format(index=INDEX[connection.vendor]), [as_of, day])
        found = cursor.fetchone()
        return date.fromisoformat(str(found[0])) if found else None
