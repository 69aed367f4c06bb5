"""The SQL by which copies change hands."""

# One statement moves copies and tells which: the ORM would need two. Titles and classes come along for the loans.
MOVE = """UPDATE lending_copy SET place = %s, moves = moves + 1,
    condition = CASE condition WHEN 'claimed_returned' THEN 'ok' ELSE condition END
WHERE {which}
RETURNING id, book_id, barcode, moves, type, volume, condition, withdrawn, for_loan, waited_for, price, items,
    missing_items, (SELECT title FROM lending_book WHERE lending_book.id = lending_copy.book_id),
    (SELECT main_class FROM lending_book WHERE lending_book.id = lending_copy.book_id), {mixed}
"""
# Twice, so that each looks at one end of the index.
MIXED = """
EXISTS (SELECT 1 FROM lending_copy other
    WHERE other.book_id = lending_copy.book_id AND (other.type, other.volume) < (lending_copy.type, lending_copy.volume)
    AND NOT other.withdrawn)
OR EXISTS (SELECT 1 FROM lending_copy other
    WHERE other.book_id = lending_copy.book_id AND (other.type, other.volume) > (lending_copy.type, lending_copy.volume)
    AND NOT other.withdrawn)
"""
FREE = """
SELECT id FROM lending_copy WHERE book_id = {book} AND place = 'shelf' AND condition = 'ok'
AND NOT withdrawn AND for_loan {and_again} {of_type}
AND EXISTS (SELECT 1 FROM lending_book WHERE lending_book.id = lending_copy.book_id AND NOT lending_book.withdrawn)
ORDER BY id LIMIT {most}
"""
# SQLite takes a partial index only where its words are used: a Django after 5.2 writes it in these.
IN_SQLITE = "AND withdrawn = 0 AND for_loan = 1"
FREE_OF_MANY = {
    "postgresql": """
SELECT free.id FROM unnest(%s::bigint[], %s::int[]) AS wanted (book, most) CROSS JOIN LATERAL ({one}) AS free
""".format(
        one=FREE.format(book="wanted.book", most="wanted.most", and_again="", of_type="") + "FOR UPDATE SKIP LOCKED"
    ),
    # It knows no LATERAL. CROSS JOIN keeps the order of the tables: a few books, and the free copies of each.
    "sqlite": """
SELECT id FROM (
    SELECT copy.id, wanted.value AS most, row_number() OVER (PARTITION BY copy.book_id ORDER BY copy.id) AS number
    FROM json_each(%s) wanted CROSS JOIN lending_copy copy
    WHERE copy.book_id = CAST(wanted.key AS INTEGER) AND copy.place = 'shelf' AND copy.condition = 'ok'
    AND NOT copy.withdrawn AND copy.for_loan AND copy.withdrawn = 0 AND copy.for_loan = 1
    AND EXISTS (SELECT 1 FROM lending_book WHERE lending_book.id = copy.book_id AND NOT lending_book.withdrawn)
) WHERE number <= most
""",
}
TAKE_FREE = {
    "postgresql": f"id = ANY (ARRAY ({FREE_OF_MANY['postgresql']}))",
    "sqlite": f"id IN ({FREE_OF_MANY['sqlite']})",
}
OF_TYPE = {
    "postgresql": "AND type = %s AND (%s::text = '' OR volume = %s) AND id <> ALL (%s::bigint[])",
    "sqlite": "AND type = %s AND (%s = '' OR volume = %s) AND id NOT IN (SELECT value FROM json_each(%s))",
}
FREE_OF_TYPE = {
    "postgresql": FREE.format(book="%s", most="%s", and_again="", of_type=OF_TYPE["postgresql"]),
    "sqlite": FREE.format(book="%s", most="%s", and_again=IN_SQLITE, of_type=OF_TYPE["sqlite"]),
}
# ARRAY() is worked out once; a mere IN may run its query again for each row and take more than it should.
NEXT = {
    "postgresql": f"id = ANY (ARRAY ({FREE_OF_TYPE['postgresql']} FOR UPDATE))",
    "sqlite": f"id IN ({FREE_OF_TYPE['sqlite']})",
}
NEXT_FREE = {
    "postgresql": f"id = ANY (ARRAY ({FREE_OF_TYPE['postgresql']} FOR UPDATE SKIP LOCKED))",
    "sqlite": NEXT["sqlite"],
}
NAMED = {
    "postgresql": "id = ANY (ARRAY (SELECT id FROM lending_copy WHERE id = ANY (%s) ORDER BY id FOR UPDATE))",
    "sqlite": "id IN (SELECT value FROM json_each(%s))",
}
