"""Holds: patrons who wait for a book, in their order."""
