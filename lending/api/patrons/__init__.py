"""Calls about a patron."""
