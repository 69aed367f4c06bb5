"""The index over `SearchEntry.grams`, which the database keeps up to date by itself.

SQLite rebuilds a table to alter it and forgets its triggers: a migration that alters `SearchEntry` there has to
make them again.
"""

from django.db import migrations

SQLITE = (
    # The ascii tokenizer takes every letter outside ASCII as part of a word, whatever version of Unicode it has.
    """
    CREATE VIRTUAL TABLE catalog_search USING fts5(
        grams, content='catalog_searchentry', content_rowid='book_id', tokenize='ascii'
    )
    """,
    """
    CREATE TRIGGER catalog_search_added AFTER INSERT ON catalog_searchentry BEGIN
        INSERT INTO catalog_search (rowid, grams) VALUES (new.book_id, new.grams);
    END
    """,
    """
    CREATE TRIGGER catalog_search_removed AFTER DELETE ON catalog_searchentry BEGIN
        INSERT INTO catalog_search (catalog_search, rowid, grams) VALUES ('delete', old.book_id, old.grams);
    END
    """,
    """
    CREATE TRIGGER catalog_search_changed AFTER UPDATE ON catalog_searchentry BEGIN
        INSERT INTO catalog_search (catalog_search, rowid, grams) VALUES ('delete', old.book_id, old.grams);
        INSERT INTO catalog_search (rowid, grams) VALUES (new.book_id, new.grams);
    END
    """,
    "CREATE INDEX catalog_search_heading ON catalog_searchentry (heading)",
)
SQLITE_BACKWARDS = (
    "DROP INDEX catalog_search_heading",
    "DROP TRIGGER catalog_search_changed",
    "DROP TRIGGER catalog_search_removed",
    "DROP TRIGGER catalog_search_added",
    "DROP TABLE catalog_search",
)

POSTGRESQL = (
    """
    ALTER TABLE catalog_searchentry
    ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('pg_catalog.simple', grams)) STORED
    """,
    # Without fastupdate no search has to read a long list of what was added last.
    "CREATE INDEX catalog_search_words ON catalog_searchentry USING gin (words) WITH (fastupdate = off)",
    "CREATE INDEX catalog_search_heading ON catalog_searchentry (heading varchar_pattern_ops)",
    # The planner can't know how rarely two common grams meet: left alone it reads the whole table for them.
    """
    CREATE FUNCTION catalog_search(question tsquery, most integer) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE SET enable_seqscan = off AS $$
    BEGIN
        RETURN QUERY SELECT book_id FROM catalog_searchentry WHERE words @@ question LIMIT most;
    END
    $$
    """,
)
POSTGRESQL_BACKWARDS = (
    "DROP FUNCTION catalog_search",
    "DROP INDEX catalog_search_heading",
    "ALTER TABLE catalog_searchentry DROP COLUMN words",
)


def make_index(apps, schema_editor):
    statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement)


def drop_index(apps, schema_editor):
    statements = {"sqlite": SQLITE_BACKWARDS, "postgresql": POSTGRESQL_BACKWARDS}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement)


SEARCH_INDEX = migrations.RunPython(make_index, drop_index, elidable=False)
