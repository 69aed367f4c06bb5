"""Patrons who share a limit."""
