"""The fines' door to the API."""
