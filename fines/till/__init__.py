"""The till of each cashier and day: what goes through it, and the count that closes it."""
