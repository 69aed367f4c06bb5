"""How patrons, books, copies and loans are found on the staff side, by whatever is known of them."""
