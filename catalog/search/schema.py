"""The fields of the index: what is looked for in them, and by what hits are ordered and counted.

Text goes in as tokens that `words` has cut, parted by blanks, so that the index needs no analysis of its own.
"""

import tantivy

VERSION = 3
"""To be raised with each change of the fields or of the tokens: an index of another version is built anew."""

TOKENS = ("title", "author", "words", "joined", "initials", "starts", "slips", "keys")
"""Tokens: of the titles, the authors, everything; words of syllables without the spaces between them; initial
consonants; beginnings of words, words that may be misspelt, and those of Hangul by the keys."""
EXACT = ("title_key", "author_key", "number")
"""Whole titles, names and numbers without spaces and signs."""
FACETS = ("language", "author_name", "subject", "class", "copies", "available")
"""What hits are narrowed by and counted for, with the year."""


def make_schema() -> tantivy.Schema:
    """The schema of `VERSION`."""
    builder = tantivy.SchemaBuilder()
    builder.add_unsigned_field("id", indexed=True, fast=True)
    builder.add_unsigned_field("rank", indexed=True, fast=True)
    builder.add_unsigned_field("band", indexed=True)
    builder.add_integer_field("year", indexed=True, fast=True)
    builder.add_unsigned_field("newest_year", indexed=True, fast=True)
    builder.add_text_field("title_order", tokenizer_name="raw", index_option="basic", fast=True)
    for name in TOKENS:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="basic")
    for name in EXACT:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name in FACETS:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    return builder.build()


SCHEMA = make_schema()
