"""What became of copies and of patrons' loans, by whom and why."""
