"""Marks of copies: lost, found, replaced, damaged, missing, in repair, claimed returned, available."""
