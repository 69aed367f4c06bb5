"""Books with their copies, written for other systems: MARC 21, KORMARC, MARCXML and tables."""
