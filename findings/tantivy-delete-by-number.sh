#!/usr/bin/env bash
# tantivy 0.27.0: delete_documents_by_term() with a number deletes nothing, and raises nothing.
#
# Why it matters: a document is replaced by deleting its number and adding it anew. The old one stays, so a search finds
# what was corrected or withdrawn, and finds the rest twice, and more often with each correction. Text terms are deleted
# as they should be, so a test with a text for the key does not show it.
# Instead: delete_documents_by_query() with a term query, or a text for the key.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check --no-deps tantivy==0.27.0 typing_extensions==4.15.0 || exit 2

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from importlib.metadata import version

from tantivy import Document, Index, Query, SchemaBuilder

print("tantivy", version("tantivy"))

builder = SchemaBuilder()
builder.add_unsigned_field("number", indexed=True, fast=True)
builder.add_text_field("name", tokenizer_name="raw", index_option="basic")
schema = builder.build()


def left(delete):
    """How many of two documents there are after one of them was deleted."""
    index = Index(schema)
    writer = index.writer(16_000_000, 1)
    for number in (1, 2):
        document = Document()
        document.add_unsigned("number", number)
        document.add_text("name", str(number))
        writer.add_document(document)
    writer.commit()
    delete(writer)
    writer.commit()
    index.reload()
    return index.searcher().num_docs


ways = {
    "by the term of a text": lambda writer: writer.delete_documents_by_term("name", "2"),
    "by a query for the number": lambda writer: writer.delete_documents_by_query(Query.term_query(schema, "number", 2)),
    "by the term of a number": lambda writer: writer.delete_documents_by_term("number", 2),
}
seen = {way: left(delete) for way, delete in ways.items()}
for way, documents in seen.items():
    print(f"deleted {way}: expected 1 document left, seen {documents}")
as_described = list(seen.values()) == [1, 1, 2]
sys.exit(not as_described and "No longer as described.")
PYTHON
