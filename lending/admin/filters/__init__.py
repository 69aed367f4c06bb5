"""Filters of lists on the staff side."""
