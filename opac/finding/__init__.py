"""Looking for books: what is asked, what is found, and what narrows it."""
