"""One box without mode: what a scan means, what it does, and what is said of it."""
