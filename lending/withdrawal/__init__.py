"""What becomes of loans and holds whose copies the catalogue withdraws."""
