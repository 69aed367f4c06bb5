"""Covers of books: pictures that a librarian uploads, made anew, kept as files and shown by the patrons' site."""
