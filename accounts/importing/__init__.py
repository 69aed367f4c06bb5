"""Taking patrons in from other systems."""
