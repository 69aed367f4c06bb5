"""Set-based statements that write what the sweeps write: each is one statement for all rows, in one transaction.

`{object}`, `{uuid}`, `{nulled}` and `{handlers}` are said as each database says them.
"""

SAID = {
    "postgresql": {
        "object": "jsonb_build_object",
        "uuid": "gen_random_uuid()",
        "nulled": """payload || '{"patron": null}'""",
    },
    "sqlite": {
        "object": "json_object",
        "uuid": "lower(hex(randomblob(16)))",
        "nulled": "json_set(payload, '$.patron', NULL)",
    },
}
OF_LOAN = {
    "loan": "l.id", "version": "l.version", "patron": "l.patron_id", "book": "l.book_id", "title": "l.title",
    "status": "l.status", "quantity": "l.quantity", "due_on": "l.due_on", "terms": "l.terms_id",
    "outstanding": "(SELECT count(*) FROM lending_loanline WHERE loan_id = l.id AND ending = '')",
    "items_out": "'{}'", "claimed": "'{}'", "occurred_at": "%(now)s",
}  # fmt: skip
OF_COPY = {
    "copy": "c.id", "copy_type": "c.type", "price": "c.price", "category": "''", "lost_on": "%(day)s",
    "days_late": "30", "days_counted": "30", "late_as": "'fine'", "late_items": "0",
    "shelf": "{object}(CAST(c.id AS text), {object}('move', c.moves, 'lendable', false, 'where', NULL,"
    " 'condition', c.condition, 'loan', NULL))",
}  # fmt: skip


def _payload(facts: dict[str, str]) -> str:
    return "{object}(" + ", ".join(f"'{name}', {value}" for name, value in facts.items()) + ")"


def _owed(event: str) -> str:
    """A delivery of each such event of this moment for each of the `handlers`."""
    return f"""
        INSERT INTO eventbus_delivery (event_id, handler, key, status, attempts, error)
        SELECT event.id, who.column1, event.key, 'waiting', 0, '' FROM eventbus_event event, (VALUES {{handlers}}) who
        WHERE event.name = '{event}' AND event.occurred_at = %(now)s ORDER BY event.id
    """


EXPIRED = "l.status = 'active' AND l.due_on = %(day)s"
EXPIRE = (
    """
    UPDATE lending_loan SET expired_at = %(now)s, version = version + 1
    WHERE status = 'active' AND due_on = %(day)s AND expired_at IS NULL
    """,
    f"""
    INSERT INTO eventbus_event (uuid, name, key, occurred_at, payload, correlation_id)
    SELECT {{uuid}}, 'BookExpired', 'loan:' || l.id, %(now)s, {_payload({**OF_LOAN, "shelf": "'{}'"})}, {{uuid}}
    FROM lending_loan l WHERE {EXPIRED} ORDER BY l.id
    """,
    _owed("BookExpired"),
)
OLD = "SELECT id FROM lending_loan WHERE status = 'returned' AND due_on = %(day)s AND patron_id IS NOT NULL"
ANONYMISE = (
    f"""
    UPDATE eventbus_event SET payload = {{nulled}}, "by" = NULL, reason = ''
    WHERE key IN (SELECT 'loan:' || old.id FROM ({OLD}) old)
    """,
    f"UPDATE lending_return SET patron_id = NULL, requested_by = NULL, requested_because = '' WHERE loan_id IN ({OLD})",
    f"UPDATE lending_loan SET patron_id = NULL, requested_by = NULL, requested_because = '' WHERE id IN ({OLD})",
)
LOST = "SELECT id FROM lending_loan WHERE status = 'active' AND due_on = %(day)s"
LOSE = (
    f"UPDATE lending_loanline SET ending = 'lost', ended_at = %(now)s, lost_on = %(day)s WHERE loan_id IN ({LOST})",
    f"""
    UPDATE lending_copy SET place = '', condition = 'lost', moves = moves + 1
    WHERE id IN (SELECT copy_id FROM lending_loanline WHERE loan_id IN ({LOST}))
    """,
    f"""
    INSERT INTO lending_act (what, at, via, reason, patron_id, loan_id, copy_id)
    SELECT 'CopyLost', %(now)s, 'command', '', l.patron_id, l.id, line.copy_id
    FROM lending_loan l JOIN lending_loanline line ON line.loan_id = l.id WHERE l.id IN ({LOST})
    """,
    f"""
    INSERT INTO eventbus_event (uuid, name, key, occurred_at, payload, correlation_id)
    SELECT {{uuid}}, 'CopyLost', 'copy:' || c.id, %(now)s, {_payload({**OF_LOAN, **OF_COPY})}, {{uuid}}
    FROM lending_loan l JOIN lending_loanline line ON line.loan_id = l.id JOIN lending_copy c ON c.id = line.copy_id
    WHERE l.id IN ({LOST}) ORDER BY c.id
    """,
    _owed("CopyLost"),
    f"""
    UPDATE lending_loan SET version = version + 1, status = 'returned', returned_at = %(now)s WHERE id IN ({LOST})
    """,
)
