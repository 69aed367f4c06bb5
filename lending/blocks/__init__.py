"""Blocks by hand, and what bars a patron now."""
