"""Copies at lending's door: their marks, and what became of them."""
