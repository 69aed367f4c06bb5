"""Backups of the whole installation: every database and the exchanged files, in one archive."""
