"""Patrons' accounts at the desk: what is owed and was paid, and what can be done about it."""
