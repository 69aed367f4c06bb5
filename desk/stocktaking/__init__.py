"""Stocktaking on the staff side: scanning at the shelves, and the lists of what came of it, to act on."""
